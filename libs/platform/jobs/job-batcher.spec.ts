import { Job } from '#libs/entities/job.entity.js';
import { forEachDatabase } from '../../../test/support/databases.js';
import { openPrepared, type PreparedDatabase } from '../../../test/support/prepared-database.js';
import { scratchDir } from '../../../test/support/services.js';
import { Clock } from '../clock.js';
import { loadConfig } from '../config/load-config.js';
import { EmbeddedJobQueue } from './embedded-job-queue.js';
import { type JobBatch, JobBatcher } from './job-batcher.js';
import type { JobType } from './job-type.js';
import { JobRepository } from './job.repository.js';
import { Jobs } from './jobs.js';

const Request: JobType<{ name: string }> = {
  name: 'test.request',
  lane: 'transfer',
  maxAttempts: Infinity,
  backoffMs: 1_000,
  backoffCapMs: 1_000,
};
const Other: JobType<{ name: string }> = { ...Request, name: 'test.other' };

forEachDatabase((database) => {
  let prepared: PreparedDatabase;
  let rows: JobRepository;
  let jobs: Jobs;
  let batcher: JobBatcher;
  const queue = new EmbeddedJobQueue();
  const clock = new Clock();

  beforeAll(async () => {
    prepared = await openPrepared(database.url);
    rows = new JobRepository(prepared.db);
    jobs = new Jobs(prepared.db, rows, queue, clock);
    batcher = new JobBatcher(rows, queue, loadConfig({ DATA_DIR: scratchDir('jobs') }), clock);
  });
  beforeEach(() => prepared.db.manager.clear(Job));
  afterAll(async () => {
    await queue.close();
    await prepared.close();
  });

  const want = (...names: string[]): Promise<void> =>
    jobs.addMany(
      Request,
      names.map((name) => ({ payload: { name }, key: name })),
    );
  const takeAll = (): Promise<JobBatch<{ name: string }>> => batcher.take(Request, 100, async (payloads) => new Set(payloads));
  const namesOf = ({ payloads }: JobBatch<{ name: string }>): string[] => payloads.map(({ name }) => name).sort();
  const states = async (): Promise<string[]> =>
    (await prepared.db.manager.find(Job))
      .map(({ payload, state, attempts }) => `${(payload as { name: string }).name} ${state} ${attempts}`)
      .sort();

  it('promises many at once, each once', async () => {
    await jobs.add(Request, { name: 'b' }, { key: 'b' });
    await want('a', 'b', 'c');
    expect(await states()).toEqual(['a due 0', 'b due 0', 'c due 0']);
  });

  it('gives two takers different jobs, and none of another type, nor one that was tried', async () => {
    await want('a', 'b', 'c');
    await jobs.add(Other, { name: 'x' });
    await prepared.db.manager.update(Job, { dedupeKey: 'test.request:c' }, { attempts: 1 });
    const [first, second] = await Promise.all([takeAll(), takeAll()]);
    expect([namesOf(first), namesOf(second)]).toEqual([['a', 'b'], []]);
    await Promise.all([first.release(), second.release()]);
  });

  it('takes only what is chosen', async () => {
    await want('a', 'b', 'c');
    const taken = await batcher.take(Request, 100, async (payloads) => new Set(payloads.filter(({ name }) => name !== 'b')));
    expect(namesOf(taken)).toEqual(['a', 'c']);
    expect(await states()).toEqual(['a running 1', 'b due 0', 'c running 1']);
    await taken.release();
  });

  it('ends what is finished and hands back the rest, which then runs alone', async () => {
    await want('a', 'b');
    const taken = await takeAll();
    await prepared.db.transaction(() => taken.finish(({ name }) => name === 'a'));
    await taken.release();
    expect(await states()).toEqual(['b due 1']);
    const nothing = await takeAll();
    expect(namesOf(nothing)).toEqual([]);
    await nothing.release();
  });

  it('keeps a job that was asked for once more meanwhile', async () => {
    await want('a');
    const taken = await takeAll();
    await want('a');
    await taken.finish(() => true);
    await taken.release();
    expect(await states()).toEqual(['a due 1']);
  });

  it('ends nothing when the transaction is undone', async () => {
    await want('a');
    const taken = await takeAll();
    const undone = prepared.db.transaction(async () => {
      await taken.finish(() => true);
      throw new Error('planned');
    });
    await expect(undone).rejects.toThrow('planned');
    expect(await states()).toEqual(['a running 1']);
    await taken.release();
  });
});
