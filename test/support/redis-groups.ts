import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import { Child, freePort } from './child.mjs';
import { eventually } from './eventually.js';
import { requireProgram } from './programs.mjs';
import { scratchDir } from './scratch.mjs';
import { type Service, startRedis } from './services.js';

const HOST = '127.0.0.1';
const NAME = 'ods-master';

/** Several programs under one URL. */
export interface RedisGroup {
  readonly url: string;
  readonly servers: readonly Service[];
  dispose(): Promise<void>;
}

const ask = async <T>(port: number, question: (client: Redis) => Promise<T>): Promise<T> => {
  const client = new Redis({ host: HOST, port, retryStrategy: () => null });
  client.on('error', () => undefined);
  return question(client).finally(() => client.disconnect());
};

async function startSentinel(master: Service): Promise<{ port: number; child: Child }> {
  const [port, directory] = [await freePort(), scratchDir('sentinel')];
  const file = path.join(directory, 'sentinel.conf'); // the sentinel writes into it
  const monitor = [`monitor ${NAME} ${HOST} ${master.port} 2`, `down-after-milliseconds ${NAME} 800`, `failover-timeout ${NAME} 3000`];
  writeFileSync(file, [`port ${port}`, `bind ${HOST}`, `dir ${directory}`, ...monitor.map((line) => `sentinel ${line}`), ''].join('\n'));
  const child = new Child(requireProgram('redis'), [file, '--sentinel']);
  await child.waitUntil(() => ask(port, (client) => client.ping()), 20_000);
  return { port, child };
}

/** A master, its replica and three sentinels, which know one another. `servers`: the master first. */
export async function startSentinels(): Promise<RedisGroup> {
  const master = await startRedis();
  const replica = await startRedis(['--replicaof', `${HOST} ${master.port}`]);
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(master)));
  await eventually(
    async () => {
      for (const { port } of sentinels) {
        const known = (await ask(port, (client) => client.call('SENTINEL', 'MASTER', NAME))) as string[];
        const about = (word: string): string => known[known.indexOf(word) + 1]!;
        expect([about('num-slaves'), about('num-other-sentinels')]).toEqual(['1', '2']);
      }
    },
    { timeoutMs: 20_000 },
  );
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `${HOST}:${port}`).join(',')}/${NAME}`,
    servers: [master, replica],
    dispose: async () => {
      await Promise.all(sentinels.map(({ child }) => child.stop('SIGKILL')));
      await Promise.all([master.dispose(), replica.dispose()]);
    },
  };
}

/** Three nodes that share the slots. */
export async function startRedisCluster(): Promise<RedisGroup> {
  const node = async (): Promise<Service> => startRedis(['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())]);
  const nodes = await Promise.all([node(), node(), node()]);
  const [first] = nodes;
  const busOf = async ({ port }: Service): Promise<string> =>
    ((await ask(port, (client) => client.config('GET', 'cluster-port'))) as string[])[1]!;
  for (const [index, each] of nodes.entries()) {
    const bus = await busOf(each);
    const range = [
      [0, 5_460],
      [5_461, 10_922],
      [10_923, 16_383],
    ][index]!;
    await ask(each.port, (client) => client.call('CLUSTER', 'ADDSLOTSRANGE', ...range));
    await ask(first!.port, (client) => client.call('CLUSTER', 'MEET', HOST, each.port, bus));
  }
  await eventually(
    async () => {
      for (const { port } of nodes)
        expect(await ask(port, (client) => client.cluster('INFO'))).toMatch(/cluster_state:ok[^]*cluster_known_nodes:3/);
    },
    { timeoutMs: 20_000 },
  );
  return {
    url: `redis+cluster://${nodes
      .slice(0, 2)
      .map(({ port }) => `${HOST}:${port}`)
      .join(',')}`,
    servers: nodes,
    dispose: async () => void (await Promise.all(nodes.map((each) => each.dispose()))),
  };
}
