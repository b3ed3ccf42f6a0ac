import { setTimeout as sleep } from 'node:timers/promises';
import { Job } from '#libs/entities/job.entity.js';
import { JobInterrupted, JobPostponed, UnrecoverableJob } from '#libs/platform/jobs/job-type.js';
import type { DatabaseKind } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { isLeftOut } from '../support/services.js';
import { aJobType, handlerOf, JobWorld, type Run, type TestNode } from './job-world.js';
import type { QueueKind } from './queues.js';

/** Both queues on SQLite, and each of the other databases once. */
const combinations: [QueueKind, DatabaseKind][] = [
  ['embedded', 'sqlite'],
  ['bull', 'sqlite'],
  ['bull', 'mariadb'],
  ['embedded', 'postgres'],
];

const planned = (): never => {
  throw new Error('planned');
};

/** Ends when its signal aborts, as a good handler does. */
const untilAborted: Run = (_payload, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new JobInterrupted('stopped')), { once: true }));

for (const [queueKind, databaseKind] of combinations) {
  const isMissing = isLeftOut(databaseKind) || (queueKind === 'bull' && isLeftOut('redis'));
  (isMissing ? describe.skip : describe)(`jobs through the ${queueKind} queue on ${databaseKind}`, () => {
    let world: JobWorld;
    beforeAll(async () => {
      world = await JobWorld.open(queueKind, databaseKind);
    });
    afterEach(() => world.clear());
    afterAll(() => world.close());

    const type = aJobType('test');
    /** A node whose only handler notes its runs. */
    const nodeThat = async (
      run: Run,
      overrides: Parameters<typeof aJobType>[1] = {},
    ): Promise<TestNode & { runs: { payload: unknown; attempt: number; atMs: number }[] }> => {
      const runs: { payload: unknown; attempt: number; atMs: number }[] = [];
      const noted: Run = (payload, context) => {
        runs.push({ payload, attempt: context.attempt, atMs: Date.now() });
        return run(payload, context);
      };
      return Object.assign(await world.node([handlerOf(aJobType('test', overrides), noted)]), { runs });
    };
    const add = (node: TestNode, payload: unknown = {}, options: Parameters<TestNode['jobs']['add']>[2] = {}): Promise<void> =>
      node.jobs.add(type, payload as never, options);
    const onlyRow = async (node: TestNode): Promise<Job> => {
      const rows = await world.rows(node);
      expect(rows).toHaveLength(1);
      return rows[0]!;
    };
    const noRows = (node: TestNode): Promise<void> => eventually(async () => expect(await world.rows(node)).toEqual([]));

    describe('a job', () => {
      it('is run with its payload, and its row is gone', async () => {
        const node = await nodeThat(async () => undefined);
        await add(node, { text: 'é🎉', list: [1, null] });
        await noRows(node);
        expect(node.runs).toMatchObject([{ payload: { text: 'é🎉', list: [1, null] }, attempt: 1 }]);
      });

      it('is not run before its delay is over', async () => {
        const node = await nodeThat(async () => undefined);
        const addedMs = Date.now();
        await add(node, {}, { delayMs: 300 });
        await noRows(node);
        expect(node.runs).toHaveLength(1);
        expect(node.runs[0]!.atMs - addedMs).toBeGreaterThanOrEqual(300);
        expect(node.runs[0]!.atMs - addedMs).toBeLessThan(10_000);
      });

      it('is run when the transaction that promised it has committed, not before', async () => {
        const node = await nodeThat(async () => undefined);
        await node.db.transaction(async () => {
          await add(node);
          await sleep(150); // several polls
          expect(node.runs).toEqual([]);
        });
        await noRows(node);
        expect(node.runs).toHaveLength(1);
      });

      it('is not run when that transaction rolled back', async () => {
        const node = await nodeThat(async () => undefined);
        const failing = node.db.transaction(async () => {
          await add(node);
          planned();
        });
        await expect(failing).rejects.toThrow('planned');
        await add(node, 'other');
        await noRows(node);
        expect(node.runs.map(({ payload }) => payload)).toEqual(['other']);
      });

      it('is refused when its payload would not fit every database', async () => {
        const node = await nodeThat(async () => undefined);
        await expect(add(node, { text: 'x'.repeat(70_000) })).rejects.toThrow('payload');
        expect(await world.rows(node)).toEqual([]);
      });

      it('may have a key of any length', async () => {
        const node = await nodeThat(planned, { maxAttempts: 1 });
        const key = `${'ü'.repeat(300)}.pkg`;
        await add(node, {}, { key });
        await eventually(async () => expect((await onlyRow(node)).state).toBe('failed'));
        await add(node, {}, { key });
        await add(node, {}, { key: `${key}2` });
        await eventually(async () => expect(await world.rows(node)).toHaveLength(2));
      });
    });

    describe('a job that fails', () => {
      it('is tried again after a growing wait, keeps its error meanwhile, and is gone when it succeeds', async () => {
        const node = await nodeThat(async (_payload, { attempt }) => {
          if (attempt < 3) throw new Error(`planned ${attempt}`);
          expect((await onlyRow(node)).lastError).toBe('planned 2');
        });
        await add(node);
        await noRows(node);
        expect(node.runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      });

      it('waits at least roughly as long as its type says', async () => {
        const node = await nodeThat(planned, { backoffMs: 60_000, backoffCapMs: 60_000 });
        await add(node);
        const row = await eventually(async () => {
          const found = await onlyRow(node);
          expect(found).toMatchObject({ state: 'due', attempts: 1, lastError: 'planned', lease: null });
          return found;
        });
        expect(row.dueMs - Date.now()).toBeLessThanOrEqual(60_000);
      });

      it('is kept as failed, with its last error, when all attempts are used up', async () => {
        const node = await nodeThat(planned);
        await add(node);
        await eventually(async () =>
          expect(await onlyRow(node)).toMatchObject({ state: 'failed', attempts: 3, lastError: 'planned', lease: null }),
        );
        expect(await node.rows.findFailed(10)).toHaveLength(1);
        await sleep(200); // some polls
        expect(node.runs).toHaveLength(3);
        expect(world.log.lines).toContainEqual('test failed (attempt 3): planned');
      });

      it('that gave up more than 30 days ago goes when another gives up', async () => {
        const node = await nodeThat(planned);
        await add(node, {}, { key: 'first' });
        await eventually(async () => expect((await onlyRow(node)).state).toBe('failed'));
        const { id } = await onlyRow(node);
        const days = (count: number): number => Date.now() - count * 86_400_000;
        const repository = node.dataSource.getRepository(Job);
        await repository.update({ id }, { dueMs: days(29) });
        await add(node, {}, { key: 'second' });
        await eventually(async () => expect(await repository.countBy({ state: 'failed' })).toBe(2));
        await repository.update({ id }, { dueMs: days(31) });
        await add(node, {}, { key: 'third' });
        await eventually(async () => {
          const failed = (await repository.findBy({ state: 'failed' })).map(({ dedupeKey }) => dedupeKey);
          expect(failed.sort()).toEqual(['test:second', 'test:third']);
        });
      });

      it('is kept as failed at once when its handler says that it cannot be done', async () => {
        const node = await nodeThat(() => Promise.reject(new UnrecoverableJob('gone')));
        await add(node);
        await eventually(async () => expect(await onlyRow(node)).toMatchObject({ state: 'failed', attempts: 1, lastError: 'gone' }));
      });

      it('with an error of any kind and length is written down all the same', async () => {
        const errors: unknown[] = ['text', undefined, new Error('x'.repeat(100_000)), new Error('\u0000 and \ud800')];
        const node = await nodeThat((_payload, { attempt }) => Promise.reject(errors[attempt - 1]), { maxAttempts: 4 });
        await add(node);
        await eventually(async () => expect(await onlyRow(node)).toMatchObject({ state: 'failed', attempts: 4 }));
      });

      it('is tried again from the start when it is added again', async () => {
        let isFixed = false;
        const node = await nodeThat(async () => {
          if (!isFixed) planned();
        });
        await add(node, {}, { key: 'k' });
        await eventually(async () => expect((await onlyRow(node)).state).toBe('failed'));
        isFixed = true;
        await add(node, {}, { key: 'k' });
        await noRows(node);
        expect(node.runs.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 1]);
      });

      it('keeps its wait when it is added again, unless it is wanted now', async () => {
        const node = await nodeThat(planned, { backoffMs: 3_600_000, backoffCapMs: 3_600_000, maxAttempts: 5 });
        await add(node, {}, { key: 'k' });
        await eventually(async () => expect(await onlyRow(node)).toMatchObject({ state: 'due', attempts: 1 }));
        await add(node, {}, { key: 'k' });
        await sleep(150);
        expect(node.runs).toHaveLength(1);
        await add(node, {}, { key: 'k', now: true });
        await eventually(() => expect(node.runs).toHaveLength(2));
      });
    });

    describe('a handler that knows better', () => {
      it('postpones: run again later, not counted as a failure', async () => {
        const node = await nodeThat(async () => {
          if (node.runs.length === 1) throw new JobPostponed(250, 'no room');
        });
        await add(node);
        await eventually(async () => expect(await onlyRow(node)).toMatchObject({ state: 'due', attempts: 0, lastError: 'no room' }));
        await noRows(node);
        expect(node.runs.map(({ attempt }) => attempt)).toEqual([1, 1]);
        expect(node.runs[1]!.atMs - node.runs[0]!.atMs).toBeGreaterThanOrEqual(250);
      });

      it('hands back: run again soon, no attempt counted', async () => {
        const node = await nodeThat(async () => {
          if (node.runs.length < 5) throw new JobInterrupted('not now');
        });
        await add(node);
        await noRows(node);
        expect(node.runs.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1]);
      });
    });

    describe('the same work, asked for several times', () => {
      it('is one row and one run while it waits', async () => {
        const node = await world.node([], { start: false });
        await Promise.all(Array.from({ length: 20 }, () => add(node, {}, { key: 'k' })));
        await add(node, {}, { key: 'other' });
        expect(await world.rows(node)).toHaveLength(2);
        const worker = await nodeThat(async () => undefined);
        await noRows(worker);
        expect(worker.runs).toHaveLength(2);
      });

      it('is brought forward by a input for an earlier time, and not put off by one for a later', async () => {
        const node = await nodeThat(async () => undefined);
        await add(node, {}, { key: 'k', delayMs: 3_600_000 });
        await add(node, {}, { key: 'k', delayMs: 7_200_000 });
        expect((await onlyRow(node)).dueMs).toBeLessThanOrEqual(Date.now() + 3_600_000);
        await add(node, {}, { key: 'k' });
        await noRows(node);
        expect(node.runs).toHaveLength(1);
      });

      it('is run exactly once more when it was asked for while it ran', async () => {
        let isAsked = false;
        const node = await nodeThat(async () => {
          if (isAsked) return;
          isAsked = true;
          for (let index = 0; index < 3; index += 1) await add(node, {}, { key: 'k' });
        });
        await add(node, {}, { key: 'k' });
        await noRows(node);
        await sleep(150);
        expect(node.runs).toHaveLength(2);
      });

      it('is run once more when it was asked for in the run that gave up', async () => {
        const node = await nodeThat(async () => {
          if (node.runs.length > 1) return;
          await add(node, {}, { key: 'k' });
          throw new UnrecoverableJob('gone');
        });
        await add(node, {}, { key: 'k' });
        await noRows(node);
        expect(node.runs.map(({ attempt }) => attempt)).toEqual([1, 1]);
      });

      it('is run at once when it was asked for in the run that postponed it', async () => {
        const node = await nodeThat(async () => {
          if (node.runs.length > 1) return;
          await add(node, {}, { key: 'k' });
          throw new JobPostponed(3_600_000, 'no source');
        });
        await add(node, {}, { key: 'k' });
        await noRows(node);
        expect(node.runs).toHaveLength(2);
      });

      it('keeps its wait when it was asked for in a run that failed', async () => {
        const node = await nodeThat(
          async () => {
            await add(node, {}, { key: 'k' });
            planned();
          },
          { backoffMs: 3_600_000, backoffCapMs: 3_600_000 },
        );
        await add(node, {}, { key: 'k' });
        await eventually(async () => expect(await onlyRow(node)).toMatchObject({ state: 'due', attempts: 1, again: false }));
        await sleep(150);
        expect(node.runs).toHaveLength(1);
      });

      it('is never lost between the end of a run and the next request', async () => {
        let done = 0;
        let wanted = 0;
        let seen = 0;
        const node = await nodeThat(async () => {
          seen = wanted;
          await sleep(1);
          done = seen;
        });
        for (let index = 0; index < 100; index += 1) {
          wanted += 1;
          await add(node, {}, { key: 'k' });
          if (index % 10 === 0) await sleep(7);
        }
        await noRows(node);
        expect(done).toBe(100);
      });
    });

    describe('a periodic job', () => {
      it('has one row, whoever starts, and is run again and again', async () => {
        const periodic = aJobType('tick', { everyMs: 100 });
        const ticks: number[] = [];
        const tick = () => handlerOf(periodic, async () => void ticks.push(Date.now()));
        const [node] = await Promise.all([world.node([tick()]), world.node([tick()]), world.node([tick()])]);
        await eventually(() => expect(ticks.length).toBeGreaterThan(5));
        expect((await onlyRow(node!)).type).toBe('tick');
        expect(ticks.at(-1)! - ticks[0]!).toBeGreaterThan(200); // three at the start, then one in 100 ms
      });

      it('continues after failures, also those that would end another', async () => {
        let runs = 0;
        const tick = handlerOf(aJobType('tick', { everyMs: 30, maxAttempts: 1 }), () => {
          runs += 1;
          return Promise.reject(runs % 2 ? new Error('planned') : new UnrecoverableJob('planned'));
        });
        const node = await world.node([tick]);
        await eventually(() => expect(runs).toBeGreaterThan(6));
        expect((await onlyRow(node)).state).not.toBe('failed');
      });

      it('is run at once when it was asked for while it ran', async () => {
        let runs = 0;
        const periodic = aJobType('tick', { everyMs: 3_600_000 });
        const node: TestNode = await world.node(
          [
            handlerOf(periodic, async () => {
              runs += 1;
              if (runs === 1) await node.jobs.add(periodic, {} as never, { key: 'periodic' });
            }),
          ],
          { start: false },
        );
        await node.runner.start();
        await eventually(() => expect(runs).toBe(2));
      });
    });

    describe('leases', () => {
      it('last as long as the work does', async () => {
        const node = await nodeThat(() => sleep(2_000));
        await world.node([handlerOf(type, () => Promise.reject(new Error('a second one ran it')))]);
        await add(node);
        await noRows(node);
        expect(node.runs).toHaveLength(1);
      });

      it('that were lost abort the handler, which then changes nothing', async () => {
        let wasAborted = false;
        const node = await nodeThat(async (_payload, { jobId, signal }) => {
          await node.db.manager.update(Job, { id: jobId }, { lease: 'another process', dueMs: Date.now() + 60_000 });
          await eventually(() => expect(signal.aborted).toBe(true));
          wasAborted = true;
        });
        await add(node);
        await eventually(() => expect(wasAborted).toBe(true));
        expect(await onlyRow(node)).toMatchObject({ state: 'running', lease: 'another process' });
        await node.db.manager.clear(Job);
      });

      it('of a process that died end, and the job is run by another', async () => {
        const node = await nodeThat(async () => undefined);
        const dead = { state: 'running', lease: 'dead', dueMs: Date.now() + 300, attempts: 1, again: false } as const;
        await insertRow(node, 'died', dead);
        await noRows(node);
        expect(node.runs).toMatchObject([{ attempt: 2 }]);
      });

      it('that end again and again are taken for a job that kills its process', async () => {
        const node = await nodeThat(async () => undefined);
        await insertRow(node, 'killer', { state: 'running', lease: 'dead', dueMs: 1, attempts: 10, again: false });
        await eventually(async () =>
          expect(await onlyRow(node)).toMatchObject({
            state: 'failed',
            lease: null,
            lastError: expect.stringMatching(/ended during attempt 10/),
          }),
        );
        expect(node.runs).toEqual([]);
      });
    });

    describe('what waits', () => {
      it('in one lane does not hold up the other, also after a restart', async () => {
        const node = await world.node([], { start: false });
        for (let index = 0; index < 600; index += 1) await insertRow(node, `transfer ${index}`, { dueMs: index, type: 'transfer' });
        await insertRow(node, 'quick', { dueMs: 1_000 });
        const ran: string[] = [];
        const transfer = handlerOf(aJobType('transfer', { lane: 'transfer' }), untilAborted);
        await world.node([transfer, handlerOf(type, async () => void ran.push('quick'))]);
        await eventually(() => expect(ran).toEqual(['quick']));
      });

      it('for a handler that this version has not is left to those who have it, and delays no other job', async () => {
        const node = await world.node([], { start: false });
        for (let index = 0; index < 600; index += 1) await insertRow(node, `unknown ${index}`, { dueMs: index, type: 'unknown' });
        await insertRow(node, 'known', { dueMs: 1_000 });
        const worker = await nodeThat(async () => undefined);
        await eventually(() => expect(worker.runs).toHaveLength(1));
        expect(await worker.db.manager.countBy(Job, { type: 'unknown', state: 'due', attempts: 0 })).toBe(600);
      });
    });

    describe('a stop', () => {
      it('hands back what is under way, without counting an attempt, and another process runs it', async () => {
        const node = await nodeThat(untilAborted);
        await add(node);
        await eventually(() => expect(node.runs).toHaveLength(1));
        const begun = performance.now();
        await node.stop();
        expect(performance.now() - begun).toBeLessThan(15_000);
        const other = await nodeThat(async () => undefined);
        await noRows(other);
        expect(other.runs).toMatchObject([{ attempt: 1 }]);
      });

      it('waits for a handler that is about to end', async () => {
        let hasEnded = false;
        const node = await nodeThat(async () => {
          await sleep(300);
          hasEnded = true;
        });
        await add(node);
        await eventually(() => expect(node.runs).toHaveLength(1));
        await node.runner.stop();
        expect(hasEnded).toBe(true);
        expect(await world.rows(node)).toEqual([]);
      });
    });

    it('runs each of 1000 jobs once, never two at a time, with two processes', async () => {
      const [runs, now] = [new Map<number, number>(), new Set<number>()];
      const run: Run = async (payload) => {
        const { index } = payload as { index: number };
        expect(now.has(index)).toBe(false);
        now.add(index);
        runs.set(index, (runs.get(index) ?? 0) + 1);
        await sleep(Math.random() * 3);
        now.delete(index);
      };
      const env = { JOB_LEASE_MS: '30000', JOB_CONCURRENCY: '8' };
      const [node] = await Promise.all([world.node([handlerOf(type, run)], { env }), world.node([handlerOf(type, run)], { env })]);
      const begun = performance.now();
      for (let index = 0; index < 1_000; index += 50) {
        await node!.db.transaction(async () => {
          for (let each = index; each < index + 50; each += 1) await add(node!, { index: each });
        });
      }
      const addedMs = performance.now() - begun;
      await eventually(async () => expect(await node!.db.manager.count(Job)).toBe(0), { timeoutMs: 40_000 });
      const allMs = performance.now() - begun;
      expect([...runs.values()].filter((count) => count !== 1)).toEqual([]);
      expect(runs.size).toBe(1_000);
      process.stdout.write(
        `${queueKind} on ${databaseKind}: 1000 jobs added in ${Math.round(addedMs)} ms, all done after ${Math.round(allMs)} ms\n`,
      );
    });
  });
}

async function insertRow(node: TestNode, id: string, overrides: Partial<Job>): Promise<void> {
  const row = {
    id,
    type: 'test',
    dedupeKey: null,
    payload: {},
    state: 'due',
    dueMs: 1,
    lease: null,
    again: false,
    attempts: 0,
    lastError: null,
    createdMs: 1,
    ...overrides,
  };
  await node.db.manager.insert(Job, row as never);
}
