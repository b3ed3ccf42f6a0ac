import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { catalogOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const settings = { JOB_LEASE_MS: '1500', JOB_POLL_MS: '100', PEER_TIMEOUT_MS: '2000' };

async function agree(servers: readonly TestServer[]): Promise<void> {
  await eventually(
    async () => {
      const [first, ...others] = await Promise.all(servers.map(catalogOf));
      for (const other of others) expect(other).toEqual(first);
    },
    { timeoutMs: 60_000, everyMs: 250 },
  );
}

describe('four servers in a line, killed again and again', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.line(['one', 'two', 'three', 'four'], settings);
  });
  afterAll(() => cluster?.dispose());

  it('end with all that was acknowledged, everywhere', async () => {
    const acknowledged = new Map<string, string>();
    for (const [round, victims] of [[1], [2, 0], [1, 3]].entries()) {
      const contents = cluster.servers.map((server) => ({
        server,
        name: `${server.name}-${round}.pkg`,
        content: someBytes(4 * MB + round),
      }));
      for (const { server, name, content } of contents) {
        expect((await server.upload(name, content)).status).toBe(201);
        acknowledged.set(name, sha256(content));
      }
      await Promise.all(
        victims.map(async (index) => {
          await cluster.at(index).kill9();
          await cluster.at(index).start();
        }),
      );
    }
    for (const server of cluster.servers) {
      for (const [name, hash] of acknowledged) expect(sha256(await server.downloaded(name, 120_000))).toBe(hash);
    }
    await agree(cluster.servers);
  });
});
