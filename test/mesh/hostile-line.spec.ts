import { eventually } from '../support/eventually.js';
import { type Hostility, HostileProxy } from '../support/hostile-proxy.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { sha256, someBytes } from './packages.js';

const MB = 1_048_576;

interface Transfer {
  readonly filename: string;
  readonly state: string;
  readonly attempts: number;
  readonly source: string | null;
  readonly rate: number | null;
}
const transferOf = async (server: TestServer, filename: string): Promise<Transfer | undefined> =>
  (await server.ok<{ items: Transfer[] }>('GET', '/api/admin/transfers')).items.find((row) => row.filename === filename);

/** The only way from B to A leads over a line that does harm. Nothing wrong may arrive, and in the end all must. */
describe('two servers with a bad line between them', () => {
  let cluster: TestCluster;
  let a: TestServer;
  let b: TestServer;
  let line: HostileProxy;

  beforeAll(async () => {
    cluster = await TestCluster.start(['a', 'b'], { PEER_TIMEOUT_MS: '1000', JOB_POLL_MS: '100' });
    [a, b] = [cluster.at(0), cluster.at(1)];
    line = await HostileProxy.to(a.port);
    await a.ok('POST', '/api/admin/about/update', { url: line.url });
    await cluster.register(b, a);
  });
  afterAll(async () => {
    line?.close();
    await cluster?.dispose();
  });

  it.each<[string, Hostility]>([
    ['corrupts', { kind: 'corrupt', every: 3 * MB + 1 }],
    ['ends answers early', { kind: 'truncate', after: 3 * MB }],
    ['falls silent', { kind: 'stall', after: 3 * MB }],
    ['cuts connections', { kind: 'reset', after: 3 * MB }],
  ])('end with the whole package although the line %s', async (name, hostility) => {
    const filename = `${name.replaceAll(' ', '-')}.pkg`;
    const content = someBytes(10 * MB + 3);
    line.harmed = 0;
    line.become(hostility);
    expect((await a.upload(filename, content)).status).toBe(201);
    expect(sha256(await b.downloaded(filename, 120_000))).toBe(sha256(content));
    expect(line.harmed).toBeGreaterThan(0);
    line.become({ kind: 'none' });
  });

  it('report the speed over a slow line', async () => {
    const content = someBytes(6 * MB);
    line.become({ kind: 'throttle', rate: 2 * MB });
    expect((await a.upload('slow.pkg', content)).status).toBe(201);
    await eventually(
      async () => {
        const transfer = await transferOf(b, 'slow.pkg');
        expect([transfer?.source, transfer?.rate]).toEqual(['a', expect.any(Number)]);
        expect(transfer!.rate).toBeLessThan(8 * MB);
      },
      { timeoutMs: 60_000 },
    );
    expect(sha256(await b.downloaded('slow.pkg', 60_000))).toBe(sha256(content));
    line.become({ kind: 'none' });
  });

  it('say that no server can be reached, and catch up automatically', async () => {
    line.become({ kind: 'partition' });
    const content = someBytes(2 * MB);
    await a.upload('meanwhile.pkg', content);
    await eventually(
      async () => {
        const { items } = await b.ok<{ items: { status: string; last_error: string | null }[] }>('GET', '/api/admin/registered_ods');
        expect(items[0]).toMatchObject({ status: 'unreachable', last_error: expect.any(String) });
      },
      { timeoutMs: 60_000 },
    );
    line.become({ kind: 'none' });
    expect(sha256(await b.downloaded('meanwhile.pkg', 60_000))).toBe(sha256(content));
  });
});
