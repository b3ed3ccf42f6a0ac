import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Job } from '#libs/entities/job.entity.js';
import { LoginAttempt } from '#libs/entities/login-attempt.entity.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import { eventually } from '../support/eventually.js';
import { isLeftOut, startPostgres } from '../support/services.js';
import { startTypescript } from '../support/typescript-process.js';
import { aJobType, handlerOf, JobWorld, type TestNode } from './job-world.js';

const type = aJobType('test');
const program = new URL('./job-worker.process.ts', import.meta.url);
const describeWith = (...services: string[]) => (services.some(isLeftOut) ? describe.skip : describe);

const add = (node: TestNode, count: number): Promise<void> =>
  node.db.transaction(async () => {
    for (let index = 0; index < count; index += 1) await node.jobs.add(type, { index } as never);
  });

for (const [queueKind, databaseKind] of [
  ['embedded', 'sqlite'],
  ['bull', 'mariadb'],
] as const) {
  describeWith(databaseKind, queueKind === 'bull' ? 'redis' : 'nothing')(
    `a worker process that is killed (${queueKind}, ${databaseKind})`,
    () => {
      let world: JobWorld;
      beforeAll(async () => {
        world = await JobWorld.open(queueKind, databaseKind);
      });
      afterEach(() => world.clear());
      afterAll(() => world.close());

      it('loses its job to another one when its lease ends, and not before', async () => {
        const promiser = await world.node([], { start: false });
        await add(promiser, 1);
        const worker = startTypescript(program, [], world.env);
        await eventually(async () => expect(await promiser.db.manager.count(LoginAttempt)).toBe(1), { timeoutMs: 20_000 });
        const attempts: number[] = [];
        await world.node([handlerOf(type, async (_payload, { attempt }) => void attempts.push(attempt))]);
        await sleep(1_500); // more than two leases: the living one keeps its job
        expect(worker.isRunning).toBe(true);
        expect(attempts).toEqual([]);
        await worker.stop('SIGKILL');
        await eventually(async () => expect(await promiser.db.manager.count(Job)).toBe(0));
        expect(attempts).toEqual([2]);
      });

      // Elsewhere it cannot be seen that it is gone, and the lease is waited for.
      (process.platform === 'linux' ? it : it.skip)('loses it at once to one that can see that it is gone', async () => {
        const promiser = await world.node([], { start: false });
        await promiser.db.manager.clear(LoginAttempt);
        await add(promiser, 1);
        const env = { JOB_LEASE_MS: '600000' };
        const worker = startTypescript(program, [], { ...world.env, ...env });
        await eventually(async () => expect(await promiser.db.manager.count(LoginAttempt)).toBe(1), { timeoutMs: 20_000 });
        const attempts: number[] = [];
        await world.node([handlerOf(type, async (_payload, { attempt }) => void attempts.push(attempt))], { env });
        await worker.stop('SIGKILL');
        await eventually(async () => expect(await promiser.db.manager.count(Job)).toBe(0), { timeoutMs: 20_000 });
        expect(attempts).toEqual([2]);
      });
    },
  );
}

describeWith('redis')('Redis that goes', () => {
  let world: JobWorld;
  beforeAll(async () => {
    world = await JobWorld.open('bull', 'sqlite');
  });
  afterEach(async () => {
    await world.redis!.start();
    await world.clear();
  });
  afterAll(() => world.close());

  it('or stays is left cleanly by a process that ends the moment it has begun', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    for (let round = 0; round < 40; round += 1) {
      const node = await world.node([handlerOf(type, async () => undefined)]);
      if (round % 2 === 0) await add(node, 1);
      await world.clear();
    }
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('and forgets everything loses no job', async () => {
    const promiser = await world.node([], { start: false });
    await add(promiser, 300);
    const client = new Redis(world.redis!.url);
    await client.flushall();
    await client.quit();
    const ran = new Set<unknown>();
    await world.node([handlerOf(type, async ({ index }: { index: number }) => void ran.add(index))]);
    await eventually(async () => expect(await promiser.db.manager.count(Job)).toBe(0), { timeoutMs: 20_000 });
    expect(ran.size).toBe(300);
  });

  it('and comes back while jobs are promised and run loses none, and runs none twice at a time', async () => {
    const ran = new Set<number>();
    const now = new Set<number>();
    const worker = await world.node([
      handlerOf(type, async ({ index }: { index: number }) => {
        expect(now.has(index)).toBe(false);
        now.add(index);
        await sleep(2);
        now.delete(index);
        ran.add(index);
      }),
    ]);
    const promiser = await world.node([], { start: false });
    await add(promiser, 100);
    await world.redis!.stop('SIGKILL');
    await promiser.jobs.add(type, { index: 1_000 } as never); // promised all the same, and at once
    await sleep(200);
    await world.redis!.start();
    await promiser.jobs.add(type, { index: 1_001 } as never);
    await eventually(async () => expect(await worker.db.manager.count(Job)).toBe(0), { timeoutMs: 20_000 });
    expect(ran.size).toBe(102);
  });

  it.each([
    ['is gone', (pid: number) => process.kill(pid, 'SIGKILL')],
    ['hangs, with its connections open', (pid: number) => process.kill(pid, 'SIGSTOP')],
  ])('lets a worker stop in time, with a clean end, when it %s', async (_how, harm) => {
    const promiser = await world.node([], { start: false });
    const worker = startTypescript(program, ['idle'], world.env);
    await eventually(() => expect(worker.output).toContain('ready'), { timeoutMs: 20_000 });
    harm(world.redis!.pid!);
    try {
      const begun = performance.now();
      const ended = await worker.stop('SIGTERM');
      expect({ ...ended, output: ended.code === 0 ? '' : worker.output }).toEqual({ code: 0, signal: null, output: '' });
      expect(performance.now() - begun).toBeLessThan(15_000);
      expect(worker.output).not.toMatch(/Unhandled|at .*\.js:/);
    } finally {
      await world.redis!.stop('SIGKILL');
    }
    await promiser.stop();
  });
});

describeWith('postgres')('a database that goes while a job runs', () => {
  it('makes the handler let go before another process may take the job, and the job is run when it is back', async () => {
    const postgres = await startPostgres();
    const world = await JobWorld.open('embedded', 'postgres');
    const env = { DATABASE_URL: postgres.url, JOB_LEASE_MS: '2000' };
    let abortedAfterMs = 0;
    let wentMs = 0;
    let runs = 0;
    const node = await world.node(
      [
        handlerOf(type, async (_payload, { signal }) => {
          runs += 1;
          if (runs > 1) return;
          wentMs = performance.now();
          await postgres.stop();
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
          abortedAfterMs = performance.now() - wentMs;
          throw new JobInterrupted('stopped');
        }),
      ],
      { env },
    );
    await node.jobs.add(type, {} as never);
    await eventually(() => expect(abortedAfterMs).toBeGreaterThan(0), { timeoutMs: 20_000 });
    expect(abortedAfterMs).toBeLessThan(5_000);
    await postgres.start();
    await eventually(async () => expect(await node.db.manager.count(Job)).toBe(0), { timeoutMs: 20_000 });
    expect(runs).toBe(2);
    await node.stop();
    const after = await prepareDatabase(loadConfig({ ...world.env, ...env }).get('database'));
    expect(await after.manager.count(Job)).toBe(0);
    await after.destroy();
    await world.close();
    await postgres.dispose();
  });
});
