import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { hasState, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const HOUR_MS = 3_600_000;

/** As after many attempts: the next one is an hour away. */
const backOff = ({ dataDir }: TestServer): void => {
  const database = new SqliteFile(path.join(dataDir, 'ods.sqlite'));
  const { changes } = database.prepare("UPDATE job SET due_ms = ? WHERE type = 'packages.content-wanted'").run(Date.now() + HOUR_MS);
  database.close();
  expect(changes).toBe(1);
};

describe('the only server that has a package', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.line(['a', 'b'], { PEER_TIMEOUT_MS: 2_000 });
  });
  afterAll(() => cluster.dispose());

  it('goes away in the middle and is back: the transfer resumes at once, whatever its back-off says', async () => {
    const [a, b] = [cluster.at(0), cluster.at(1)];
    const content = someBytes(32 * MB);
    await b.ok('PATCH', '/api/admin/replication', { download_limit: MB });
    await a.upload('half.pkg', content);
    await hasState(b, 'half.pkg', 'Downloading');
    await a.kill9();
    const isHalted = async (): Promise<void> => {
      const { items } = await b.ok<{ items: { state: string }[] }>('GET', '/api/admin/transfers');
      expect(['waiting', 'failed']).toContain(items[0]?.state);
    };
    await eventually(isHalted, { timeoutMs: 60_000 });
    await b.stop();
    backOff(b);
    await b.start();
    const isAway = async (): Promise<void> => {
      const { items } = await b.ok<{ items: { status: string }[] }>('GET', '/api/admin/registered_ods');
      expect(items[0]?.status).toBe('unreachable');
    };
    await eventually(isAway, { timeoutMs: 60_000 });
    await a.start();
    await b.ok('PATCH', '/api/admin/replication', { download_limit: null });
    await hasState(b, 'half.pkg', 'Public', 90_000);
    expect(sha256(await b.downloaded('half.pkg'))).toBe(sha256(content));
  });
});
