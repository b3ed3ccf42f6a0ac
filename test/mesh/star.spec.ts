import { rm } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { HostileProxy } from '../support/hostile-proxy.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { catalogOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const settings = { JOB_LEASE_MS: '1500', JOB_POLL_MS: '100', PEER_TIMEOUT_MS: '6000' };

async function agree(servers: readonly TestServer[]): Promise<void> {
  await eventually(
    async () => {
      const [first, ...others] = await Promise.all(servers.map(catalogOf));
      for (const other of others) expect(other).toEqual(first);
    },
    { timeoutMs: 60_000, everyMs: 250 },
  );
}

describe('a server in the middle of a star', () => {
  let cluster: TestCluster;
  const lines: HostileProxy[] = [];
  beforeAll(async () => {
    cluster = await TestCluster.start(['middle', 'a', 'b', 'c'], settings);
    for (const ray of cluster.servers.slice(1)) {
      const line = await HostileProxy.to(ray.port);
      lines.push(line);
      await ray.ok('POST', '/api/admin/about/update', { url: line.url });
      await cluster.register(cluster.at(0), ray);
    }
  });
  afterAll(async () => {
    for (const line of lines) line.close();
    await cluster?.dispose();
  });

  it('brings what one ray has to all the others', async () => {
    const content = someBytes(3 * MB);
    await cluster.at(1).upload('ray.pkg', content);
    for (const server of cluster.servers) expect(sha256(await server.downloaded('ray.pkg', 60_000))).toBe(sha256(content));
    await agree(cluster.servers);
  });

  it('settles on one content when two rays upload the same name at the same instant', async () => {
    const contents = [someBytes(2 * MB), someBytes(2 * MB)];
    await Promise.all(contents.map((content, index) => cluster.at(index + 1).upload('contested.pkg', content)));
    await eventually(
      async () => {
        const hashes = await Promise.all(cluster.servers.map(async (server) => sha256(await server.downloaded('contested.pkg'))));
        expect(new Set(hashes).size).toBe(1);
        expect(contents.map(sha256)).toContain(hashes[0]);
      },
      { timeoutMs: 90_000, everyMs: 250 },
    );
  });

  it('takes from three sources at once, and takes over what a slow one has not delivered', async () => {
    const middle = cluster.at(0);
    const content = someBytes(40 * MB);
    await middle.upload('three.pkg', content);
    for (const ray of cluster.servers.slice(1)) await ray.downloaded('three.pkg', 90_000);
    const [slow, ...fast] = lines;
    slow!.become({ kind: 'throttle', rate: 100_000 }); // alone it would take seven minutes
    for (const line of fast) line.become({ kind: 'throttle', rate: 10 * MB });
    try {
      // The middle loses its copy, and has to ask its rays for it again.
      const { uuid } = await middle.ok<{ uuid: string }>('GET', '/api/admin/packages/three.pkg');
      await middle.stop();
      await breakContent(middle, uuid);
      await middle.start();
      expect(sha256(await middle.downloaded('three.pkg', 120_000))).toBe(sha256(content));
    } finally {
      for (const line of lines) line.become({ kind: 'none' });
    }
  });
});

/** As a disk does that loses a file: its public name leads nowhere either. */
const breakContent = ({ dataDir }: TestServer, uuid: string): Promise<void> => rm(path.join(dataDir, 'content', uuid));
