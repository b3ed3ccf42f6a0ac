import { Redis } from 'ioredis';
import { Job } from '#libs/entities/job.entity.js';
import { eventually } from '../support/eventually.js';
import { type RedisGroup, startRedisCluster, startSentinels } from '../support/redis-groups.js';
import { isLeftOut } from '../support/services.js';
import { aJobType, handlerOf, JobWorld, type TestNode } from './job-world.js';

/** No poll finds during the test what an offer did not bring. */
const rarely = { JOB_POLL_MS: '60000' };
const type = aJobType('test');
const describeHere = isLeftOut('redis') ? describe.skip : describe;

const add = (node: TestNode, count: number): Promise<void> =>
  node.db.transaction(async () => {
    for (let index = 0; index < count; index += 1) await node.jobs.add(type, { index } as never);
  });

describeHere.each([
  ['sentinels', startSentinels],
  ['a cluster', startRedisCluster],
])('jobs over Redis with %s', (_name, start) => {
  let group: RedisGroup;
  let world: JobWorld;
  const node = (handlers: Parameters<JobWorld['node']>[0], env: Record<string, string> = rarely): Promise<TestNode> =>
    world.node(handlers, { start: handlers.length > 0, env: { ...env, REDIS_URL: group.url } });
  beforeAll(async () => {
    group = await start();
    world = await JobWorld.open('embedded', 'sqlite');
  }, 60_000);
  afterEach(() => world.clear());
  afterAll(async () => {
    await world.close();
    await group.dispose();
  });

  it('travel from one process to another', async () => {
    const ran: string[] = [];
    await node([handlerOf(type, async () => void ran.push('first'))]);
    await node([handlerOf(type, async () => void ran.push('second'))]);
    const promiser = await node([]);
    await add(promiser, 60);
    await eventually(async () => expect(await promiser.db.manager.count(Job)).toBe(0), { timeoutMs: 20_000 });
    expect(ran).toHaveLength(60);
    expect(new Set(ran).size).toBe(2);
  });

  it('leave no connection open when a process ends', async () => {
    const connected = async (): Promise<number> => {
      const clients = group.servers.map(({ port }) => new Redis({ host: '127.0.0.1', port }));
      const lists = await Promise.all(clients.map((client) => client.client('LIST') as Promise<string>));
      clients.forEach((client) => client.disconnect());
      return lists.join('').match(/ cmd=(?:brpoplpush|evalsha|psubscribe|subscribe|bzpopmin)/g)?.length ?? 0;
    };
    const before = await connected(); // sentinels and replicas have theirs
    await node([handlerOf(type, async () => undefined)]);
    await eventually(async () => expect(await connected()).toBeGreaterThan(before));
    await world.clear();
    await eventually(async () => expect(await connected()).toBe(before));
  });
});

describeHere('a master that is killed under its sentinels', () => {
  it('gives way to its replica, and jobs are promised and run before and after', async () => {
    const group = await startSentinels();
    const world = await JobWorld.open('embedded', 'sqlite');
    const env = { REDIS_URL: group.url, JOB_POLL_MS: '60000' };
    const ran = new Set<number>();
    const worker = await world.node([handlerOf(type, async ({ index }: { index: number }) => void ran.add(index))], { env });
    const promiser = await world.node([], { start: false, env });
    await add(promiser, 10);
    await eventually(() => expect(ran.size).toBe(10));
    const [master, replica] = group.servers;
    await master!.stop('SIGKILL');
    const heir = new Redis({ host: '127.0.0.1', port: replica!.port });
    await eventually(async () => expect(await heir.info('replication')).toContain('role:master'), { timeoutMs: 30_000 });
    heir.disconnect();
    await eventually(async () => expect([await promiser.queue.fault(), await worker.queue.fault()]).toEqual([null, null]), {
      timeoutMs: 20_000,
    });
    ran.clear();
    await add(promiser, 20);
    await eventually(() => expect(ran.size).toBe(20), { timeoutMs: 20_000 });
    await world.close();
    await group.dispose();
  }, 120_000);
});

describeHere('a cluster that is killed and comes back', () => {
  it('brings what was promised meanwhile', async () => {
    const group = await startRedisCluster();
    const world = await JobWorld.open('embedded', 'sqlite');
    const env = { REDIS_URL: group.url };
    const ran = new Set<number>();
    await world.node([handlerOf(type, async ({ index }: { index: number }) => void ran.add(index))], { env });
    const promiser = await world.node([], { start: false, env });
    await Promise.all(group.servers.map((server) => server.stop('SIGKILL')));
    await eventually(async () => expect(await promiser.queue.fault()).toMatch(/^The Redis cluster of .* does not answer: /));
    await add(promiser, 10);
    await Promise.all(group.servers.map((server) => server.start()));
    await eventually(() => expect(ran.size).toBe(10), { timeoutMs: 30_000 });
    await world.close();
    await group.dispose();
  }, 90_000);
});
