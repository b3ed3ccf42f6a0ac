import { eventually } from '../support/eventually.js';
import { HostileProxy } from '../support/hostile-proxy.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { hasState, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const KB = 1_000;

interface TransferRow {
  readonly filename: string;
  readonly state: string;
  readonly last_error: string | null;
  readonly verified_bytes: number;
  readonly received_bytes: number;
}

const transferOf = async (server: TestServer, filename: string): Promise<TransferRow> => {
  const { items } = await server.ok<{ items: TransferRow[] }>('GET', '/api/admin/transfers');
  const found = items.find((row) => row.filename === filename);
  if (!found) throw new Error(`${server.name} has no transfer of ${filename}.`);
  return found;
};

const receivedOf = async (server: TestServer, filename: string): Promise<number> => (await transferOf(server, filename)).received_bytes;
const limit = (server: TestServer, change: object) => server.ok('PATCH', '/api/admin/replication', change);

/** How much longer than the bytes need on the line a transfer may take; a busy machine is no slow line. */
const IDEAL = 1.2;
/** Bytes are counted exactly; how long they took depends on the machine as well. Before, they never arrived. */
const SLACK = 2;
const START_MS = 3_000;

describe('a slow line', () => {
  let cluster: TestCluster;
  let line: HostileProxy;
  let near: TestServer;
  let far: TestServer;

  beforeAll(async () => {
    cluster = await TestCluster.start(['near', 'far'], { JOB_LEASE_MS: '2000', JOB_POLL_MS: '100', PEER_TIMEOUT_MS: '4000' });
    [near, far] = [cluster.at(0), cluster.at(1)];
    line = await HostileProxy.to(far.port);
    await far.ok('POST', '/api/admin/about/update', { url: line.url });
    await cluster.register(near, far);
  });
  afterEach(async () => {
    line.become({ kind: 'none' });
    for (const server of [near, far]) await limit(server, { paused: false, download_limit: null, upload_limit: null });
  });
  afterAll(async () => {
    line?.close();
    await cluster?.dispose();
  });

  it('brings a package in little more than the time that its bytes need, and keeps each byte over cuts and a start of the process', async () => {
    const content = someBytes(3 * MB); // four connections: each block takes half a minute
    line.become({ kind: 'throttle', rate: 100 * KB });
    const before = line.carried;
    await far.upload('cut.pkg', content);
    // No block is whole when the line is cut, and none when the process is killed.
    await eventually(async () => expect(await receivedOf(near, 'cut.pkg')).toBeGreaterThan(700 * KB), { timeoutMs: 30_000 });
    expect((await transferOf(near, 'cut.pkg')).verified_bytes).toBe(0);
    line.become({ kind: 'throttle', rate: 100 * KB });
    await eventually(async () => expect(await receivedOf(near, 'cut.pkg')).toBeGreaterThan(1_400 * KB), { timeoutMs: 30_000 });
    await near.kill9();
    await near.start();
    await hasState(near, 'cut.pkg', 'Public', 60_000);
    expect(sha256(await near.downloaded('cut.pkg'))).toBe(sha256(content));
    expect(line.carried - before).toBeLessThan(IDEAL * content.length);
  });

  it('brings three at once, all of them in the time that all their bytes need', async () => {
    const contents = [1, 2, 3].map(() => someBytes(1.5 * MB));
    line.become({ kind: 'throttle', rate: 150 * KB });
    await limit(near, { paused: true });
    for (const [index, content] of contents.entries()) await far.upload(`three-${index}.pkg`, content);
    await eventually(async () => expect((await transferOf(near, 'three-2.pkg')).state).toBe('waiting'));
    const begun = performance.now();
    await limit(near, { paused: false });
    for (const index of contents.keys()) await hasState(near, `three-${index}.pkg`, 'Public', 90_000);
    expect(performance.now() - begun).toBeLessThan(((SLACK * 4.5 * MB) / (150 * KB)) * 1_000 + START_MS);
  });

  it.each([
    ['of the fetching server', () => near, 'download_limit'],
    ['of the giving server', () => far, 'upload_limit'],
  ])('is no stall when it is a limit %s, however low', async (_whose, server, setting) => {
    const rate = 32_768;
    await limit(server(), { [setting]: rate });
    await eventually(async () => expect(await server().ok('GET', '/api/admin/replication')).toMatchObject({ [setting]: rate }));
    const name = `${setting}.pkg`;
    const content = someBytes(MB + 100 * KB);
    const begun = performance.now();
    await far.upload(name, content);
    await eventually(async () => expect(await receivedOf(near, name)).toBeGreaterThan(0));
    await hasState(near, name, 'Public', 90_000);
    expect((await transferOf(near, name)).last_error).toBeNull();
    expect(performance.now() - begun).toBeLessThan(((SLACK * content.length) / rate) * 1_000 + START_MS);
  });
});
