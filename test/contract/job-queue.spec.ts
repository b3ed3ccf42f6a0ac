import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { JobQueue } from '#libs/platform/jobs/job-queue.js';
import type { JobLane } from '#libs/platform/jobs/job-type.js';
import { eventually } from '../support/eventually.js';
import { withRequestContext, requestContext } from '#libs/platform/logging/request-context.js';
import { forEachQueue, type QueueWorld } from './queues.js';

const concurrency = { quick: 2, transfer: 1, peer: 1, listen: 1 };

/** What ran, what runs, and the means to end it. */
class Runs {
  readonly started: string[] = [];
  readonly ended: string[] = [];
  private readonly held: { id: string; release: () => void }[] = [];

  /** Runs that stay until they are let go. */
  readonly hold = async (id: string): Promise<void> => {
    this.started.push(id);
    await new Promise<void>((release) => this.held.push({ id, release }));
    this.ended.push(id);
  };

  readonly pass = (id: string): Promise<void> => {
    this.started.push(id);
    this.ended.push(id);
    return Promise.resolve();
  };

  letGo(): void {
    for (const { release } of this.held.splice(0)) release();
  }

  get running(): string[] {
    return this.held.map(({ id }) => id).sort();
  }
}

forEachQueue((kind, open) => {
  let world: QueueWorld;
  let queue: JobQueue;
  let runs: Runs;
  const opened: JobQueue[] = [];
  let dueMs = 1;

  const create = async (): Promise<JobQueue> => {
    const made = await world.create();
    opened.push(made);
    return made;
  };
  const offer = (id: string, lane: JobLane = 'quick'): void => queue.add({ id, lane, dueMs: dueMs++ });

  beforeAll(async () => {
    world = await open();
  });
  beforeEach(async () => {
    runs = new Runs();
    queue = await create();
  });
  afterEach(async () => {
    runs.letGo();
    await Promise.all(opened.splice(0).map(async (each) => each.stopConsuming().then(() => each.close())));
  });
  afterAll(() => world.close());

  it('runs what is offered, before and after the first consumer', async () => {
    offer('early');
    queue.consume(runs.pass, concurrency);
    offer('late');
    offer('bytes', 'transfer');
    await eventually(() => expect([...runs.ended].sort()).toEqual(['bytes', 'early', 'late']));
  });

  it('runs an id again that failed before, and is not stopped by a failure', async () => {
    let failures = 0;
    queue.consume(async (id) => {
      if (failures++ === 0) throw new Error('planned');
      await runs.pass(id);
    }, concurrency);
    offer('a');
    await eventually(() => expect(failures).toBe(1));
    offer('a');
    await eventually(() => expect(runs.ended).toEqual(['a']));
  });

  it('runs an id again that succeeded before', async () => {
    queue.consume(runs.pass, concurrency);
    offer('a');
    await eventually(() => expect(runs.ended).toEqual(['a']));
    offer('a');
    await eventually(() => expect(runs.ended).toEqual(['a', 'a']));
  });

  it('runs as many at once as each lane may, and no lane waits for the other', async () => {
    queue.consume(runs.hold, concurrency);
    for (let index = 0; index < 4; index += 1) {
      offer(`quick ${index}`);
      offer(`transfer ${index}`, 'transfer');
    }
    await eventually(() => expect(runs.running).toHaveLength(3));
    await sleep(100); // long enough for one too many to begin
    expect(runs.running.filter((id) => id.startsWith('quick'))).toHaveLength(2);
    expect(runs.running.filter((id) => id.startsWith('transfer'))).toHaveLength(1);
    await eventually(() => {
      runs.letGo();
      expect(runs.ended).toHaveLength(8);
    });
  });

  it('takes repeated offers of one state of a row without harm', async () => {
    queue.consume(runs.hold, concurrency);
    for (let index = 0; index < 20; index += 1) queue.add({ id: 'same', lane: 'quick', dueMs: 7 });
    await eventually(() => expect(runs.running).toContain('same'));
    await sleep(50);
    offer('other');
    await eventually(() => {
      runs.letGo();
      expect(runs.ended).toContain('other');
    });
    expect(runs.ended.length).toBeLessThanOrEqual(21);
  });

  it('stops: waits for what runs, and takes nothing more', async () => {
    queue.consume(runs.hold, concurrency);
    offer('running');
    await eventually(() => expect(runs.running).toEqual(['running']));
    let hasStopped = false;
    const stopping = queue.stopConsuming().then(() => (hasStopped = true));
    offer('too late');
    await sleep(100);
    expect(hasStopped).toBe(false);
    runs.letGo();
    await stopping;
    expect(runs.ended).toEqual(['running']);
    await sleep(100);
    expect(runs.started).toEqual(['running']);
  });

  it('stops at once when nothing runs, also twice, also before it was started', async () => {
    const idle = await create();
    await idle.stopConsuming();
    await idle.close();
    queue.consume(runs.pass, concurrency);
    await queue.stopConsuming();
    await queue.stopConsuming();
    await queue.close();
    await queue.close();
    expect(() => offer('after the end')).not.toThrow();
  });

  it('counts what waits', async () => {
    expect(await queue.waiting('quick')).toBe(0);
    for (let index = 0; index < 5; index += 1) offer(`job ${index}`);
    await eventually(async () => expect(await queue.waiting('quick')).toBe(5));
    expect(await queue.waiting('transfer')).toBe(0);
    queue.consume(runs.pass, concurrency);
    await eventually(async () => expect(await queue.waiting('quick')).toBe(0));
  });

  it('says that offers travel', async () => {
    await expect(queue.fault()).resolves.toBeNull();
  });

  it('runs a job without a caller, whoever offered it', async () => {
    const contexts: unknown[] = [];
    queue.consume(async () => void contexts.push(requestContext()), { quick: 1, transfer: 1, peer: 1, listen: 1 });
    withRequestContext({ requestId: 'r-1', address: null }, () => {
      offer('a');
      offer('b');
    });
    await eventually(() => expect(contexts).toEqual([undefined, undefined]));
  });

  if (kind === 'bull') {
    it('hands an offer to one of the processes that consume', async () => {
      const other = await create();
      const both = new Runs();
      queue.consume(both.pass, concurrency);
      other.consume(both.pass, concurrency);
      const ids = Array.from({ length: 50 }, (_, index) => `job ${index}`);
      for (const id of ids) offer(id);
      await eventually(() => expect(both.ended).toEqual(expect.arrayContaining(ids)));
    });

    it.each([
      ['what was in it, after Bull took it', (key: string) => key],
      ['where it stood', (key: string) => key.replace(/:a:.*$/, ':wait')],
    ])('runs an offer that is made again when Redis forgot %s', async (_what, keyToForget) => {
      const again = (): void => queue.add({ id: 'a', lane: 'quick', dueMs: 7 });
      const client = new Redis(world.redis!.url);
      const keyOfOffer = async (): Promise<string | undefined> => (await client.keys('*:a:7*'))[0];
      again();
      await eventually(async () => expect(await keyOfOffer()).toBeDefined());
      await client.del(keyToForget((await keyOfOffer())!));
      queue.consume(runs.pass, concurrency);
      await eventually(async () => expect(await queue.waiting('quick')).toBe(0));
      await eventually(
        () => {
          again();
          expect(runs.ended).toContain('a');
        },
        { timeoutMs: 15_000 },
      );
      expect(runs.ended.filter((id) => id !== 'a')).toEqual([]);
      expect(await client.keys('*:completed')).toEqual([]);
      await client.quit();
    });

    describe('when Redis is away', () => {
      afterEach(async () => void (await world.redis!.start()));

      it('neither throws nor waits, says so, and works again when Redis is back', async () => {
        queue.consume(runs.pass, concurrency);
        await world.redis!.stop('SIGKILL');
        const begun = performance.now();
        for (let index = 0; index < 1_000; index += 1) offer(`lost ${index}`);
        expect(performance.now() - begun).toBeLessThan(10_000);
        const fault = await queue.fault();
        expect(await queue.waiting('quick')).toBe(0);
        expect(performance.now() - begun).toBeLessThan(20_000);
        expect(fault).toMatch(/^Redis at 127.0.0.1:\d+ does not answer/);
        await world.redis!.start();
        await eventually(async () => expect(await queue.fault()).toBeNull(), { timeoutMs: 15_000 });
        await eventually(() => {
          offer('found');
          expect(runs.ended).toContain('found');
        });
      });

      it('stops and closes within seconds, after what runs has ended', async () => {
        queue.consume(runs.hold, concurrency);
        offer('running');
        await eventually(() => expect(runs.running).toEqual(['running']));
        await world.redis!.stop('SIGKILL');
        let hasStopped = false;
        const begun = performance.now();
        const stopping = queue.stopConsuming().then(() => (hasStopped = true));
        await sleep(300);
        expect(hasStopped).toBe(false);
        runs.letGo();
        await stopping;
        expect(runs.ended).toEqual(['running']);
        await queue.close();
        expect(performance.now() - begun).toBeLessThan(15_000);
      });

      it('can be made and closed all the same', async () => {
        await world.redis!.stop('SIGKILL');
        const orphan = await import('./queues.js').then(() => world.create().catch((error: Error) => error.message));
        expect(orphan).toBe('Redis is not there.');
      });
    });
  }
});
