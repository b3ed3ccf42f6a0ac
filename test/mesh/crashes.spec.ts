import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { catalogOf, hasState, sha256, someBytes } from './packages.js';

const MB = 1_048_576;

/** kill -9 at moments that are as good as any: the promise holds at all of them. */
describe('two servers that are killed while a package travels', () => {
  let cluster: TestCluster;
  let a: TestServer;
  let b: TestServer;

  beforeAll(async () => {
    cluster = await TestCluster.line(['a', 'b'], { JOB_LEASE_MS: '1000', JOB_POLL_MS: '100' });
    [a, b] = [cluster.at(0), cluster.at(1)];
  });
  afterAll(() => cluster.dispose());

  it.each([5, 45, 120, 250])('end with the whole package after the receiver is killed %d ms after the upload', async (delayMs) => {
    const name = `receiver-${delayMs}.pkg`;
    const content = someBytes(60 * MB);
    expect((await a.upload(name, content)).status).toBe(201);
    await sleep(delayMs);
    await b.kill9();
    await b.start();
    expect(sha256(await b.downloaded(name, 60_000))).toBe(sha256(content));
  });

  it.each([5, 80])('end with the whole package after the sender is killed %d ms after the upload', async (delayMs) => {
    const name = `sender-${delayMs}.pkg`;
    const content = someBytes(60 * MB);
    expect((await a.upload(name, content)).status).toBe(201);
    await sleep(delayMs);
    await a.kill9();
    await a.start();
    for (const server of [a, b]) expect(sha256(await server.downloaded(name, 60_000))).toBe(sha256(content));
  });

  it('keep nothing of an upload whose server died, and take it when it is sent again', async () => {
    const content = someBytes(60 * MB);
    const upload = a.upload('cut.pkg', content).catch(() => null);
    await eventually(() => expect(readdirSync(path.join(a.dataDir, 'staging')).length).toBeGreaterThan(0), { everyMs: 1 });
    await a.kill9();
    const answer = await upload;
    await a.start();
    const found = (await a.api('GET', '/api/admin/packages/cut.pkg')).status;
    expect(found).toBe(answer?.status === 201 ? 200 : 404);
    expect([200, 201]).toContain((await a.upload('cut.pkg', content)).status);
    expect(sha256(await b.downloaded('cut.pkg', 60_000))).toBe(sha256(content));
  });

  it('agree in the end', async () => {
    await eventually(async () => expect(await catalogOf(b)).toEqual(await catalogOf(a)));
    for (const line of await catalogOf(a)) await hasState(b, line.split(' ')[0]!, 'Public');
  });
});
