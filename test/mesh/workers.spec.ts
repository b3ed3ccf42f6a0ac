import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, dropDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { isLeftOut, startRedis } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { catalogOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const suite = isLeftOut('redis') || isLeftOut('mariadb') ? describe.skip : describe;

/** Empties Redis while everybody uses it. */
async function flush(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write('FLUSHALL\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(String(answer)).toContain('+OK');
}

/** The larger installation: MariaDB, Redis, jobs in worker processes. Its peer is the small one. */
suite('a server with MariaDB, Redis and two workers', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;
  let database: string;
  let large: TestServer;
  let small: TestServer;

  beforeAll(async () => {
    redis = await startRedis();
    database = await createDatabase('mariadb');
    const timing = { JOB_LEASE_MS: '1500', JOB_POLL_MS: '200' };
    large = await TestServer.start('large', { DATABASE_URL: database, REDIS_URL: redis.url, ...timing });
    small = await TestServer.start('small', timing);
    await Promise.all([large.startWorker(), large.startWorker()]);
    for (const server of [large, small]) await server.ok('POST', '/api/admin/about/update', { name: server.name, url: server.url });
    const { url, iss, key } = await small.ok<{ url: string; iss: string; key: string }>('GET', '/api/admin/about');
    await large.ok('POST', '/api/admin/register', { url, iss_id: iss, key });
  });

  afterAll(async () => {
    await large?.dispose();
    await small?.dispose();
    await dropDatabase('mariadb', database);
    await redis?.dispose();
  });

  it('exchanges packages both ways', async () => {
    const [up, down] = [someBytes(9 * MB + 3), someBytes(4 * MB)];
    await large.upload('from-large.pkg', up);
    await small.upload('from-small.pkg', down);
    expect(sha256(await small.downloaded('from-large.pkg'))).toBe(sha256(up));
    expect(sha256(await large.downloaded('from-small.pkg'))).toBe(sha256(down));
  });

  it('loses nothing when Redis forgets everything', async () => {
    const contents = Array.from({ length: 12 }, (_, index) => ({ name: `flushed-${index}.pkg`, content: someBytes(2 * MB) }));
    const uploads = Promise.all(contents.map(({ name, content }) => small.upload(name, content)));
    for (let round = 0; round < 10; round += 1) {
      await flush(redis.port);
      await sleep(50);
    }
    await uploads;
    for (const { name, content } of contents) expect(sha256(await large.downloaded(name))).toBe(sha256(content));
  });

  it('continues in another worker when one is killed in mid transfer', async () => {
    const victim = await large.startWorker();
    const content = someBytes(80 * MB);
    await small.upload('orphan.pkg', content);
    await eventually(async () => {
      const { items } = await large.ok<{ items: { filename: string; state: string }[] }>('GET', '/api/admin/transfers');
      expect(items.find(({ filename }) => filename === 'orphan.pkg')?.state).toMatch(/active|done/);
    });
    await victim.stop('SIGKILL');
    expect(sha256(await large.downloaded('orphan.pkg', 60_000))).toBe(sha256(content));
    await eventually(async () => expect(await catalogOf(large)).toEqual(await catalogOf(small)));
  });
});
