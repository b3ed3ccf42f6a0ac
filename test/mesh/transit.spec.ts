import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { hasState, sha256, someBytes } from './packages.js';

const MB = 1_048_576;

interface Places {
  readonly servers: { readonly name: string; readonly sentence: string }[];
}

describe('a server of another stage between two', () => {
  let cluster: TestCluster;
  let first: TestServer;
  let middle: TestServer;
  let last: TestServer;
  const contents = new Map([
    ['small.pkg', someBytes(5_000)],
    ['large.pkg', someBytes(2 * MB + 5)],
  ]);

  beforeAll(async () => {
    cluster = await TestCluster.line(['first', 'middle', 'last'], { JOB_POLL_MS: '200', RECONCILE_SECONDS: '5' });
    [first, middle, last] = [cluster.at(0), cluster.at(1), cluster.at(2)];
    for (const server of [first, last]) await server.ok('POST', '/api/admin/about/update', { stage: 'Dev' });
    for (const [name, content] of contents) await first.upload(name, content, { stage: 'Dev' });
  });
  afterAll(() => cluster.dispose());

  it('passes nothing on of what it does not serve, and every server shows that it cannot come', async () => {
    await eventually(
      async () => {
        for (const name of contents.keys()) {
          const { servers } = await last.ok<Places>('GET', `/api/admin/packages/${name}/servers`);
          expect(servers.find(({ name: server }) => server === 'last')?.sentence).toMatch(
            /cannot come to last: .* middle \(Prod\), which passes no Dev/,
          );
        }
      },
      { timeoutMs: 60_000 },
    );
    for (const name of contents.keys()) await hasState(middle, name, 'Withdrawn');
  });

  it('passes it on once its administrator allows transit copies, and serves it to no client', async () => {
    expect(await middle.ok('PATCH', '/api/admin/replication', { relay: true })).toMatchObject({ relay: true });
    for (const [name, content] of contents) {
      await hasState(last, name, 'Public', 90_000);
      expect(sha256(await last.downloaded(name))).toBe(sha256(content));
      expect((await fetch(`${middle.url}/share/${name}`)).status).toBe(404);
      await hasState(middle, name, 'Withdrawn');
    }
  });
});
