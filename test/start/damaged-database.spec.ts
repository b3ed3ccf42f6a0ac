import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { adminOf } from '../maintenance/ods-admin.js';
import { someBytes } from '../mesh/packages.js';
import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';

/** Writes rubbish over the first page of the audit trail, which a start does not read. */
function damage(file: string): void {
  const database = new SqliteFile(file);
  database.pragma('wal_checkpoint(TRUNCATE)');
  const pageSize = (database.pragma('page_size') as { page_size: number }[])[0]!.page_size;
  const { rootpage } = database.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'audit_event'").get() as { rootpage: number };
  database.close();
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(pageSize, 0xa5), 0, pageSize, (rootpage - 1) * pageSize);
  closeSync(descriptor);
  expect(statSync(file).size).toBeGreaterThan(rootpage * pageSize - 1);
}

describe('a server whose database file is damaged', () => {
  it('says so and how to restore, sends other servers nothing, and serves what it has', async () => {
    const cluster = await TestCluster.line(['damaged', 'other']);
    const [damaged, other] = [cluster.at(0), cluster.at(1)];
    try {
      await damaged.upload('one.pkg', someBytes(1_000));
      await other.downloaded('one.pkg');
      await damaged.stop();
      damage(path.join(damaged.dataDir, 'ods.sqlite'));
      expect(await adminOf(damaged, 'doctor')).toEqual({ code: 1, output: expect.stringMatching(/FAULT.*is damaged.*ods-admin restore/) });

      void damaged.start().catch(() => undefined); // it never says that it is ready
      await eventually(
        async () => {
          const ready = await fetch(`${damaged.url}/readyz`);
          expect(ready.status).toBe(503);
          expect(await ready.json()).toMatchObject({
            status: 'not ready',
            reasons: [expect.stringContaining('The database is damaged. Nothing is sent to other servers.')],
            checks: { catalog: { state: 'damaged' } },
          });
        },
        { timeoutMs: 60_000 },
      );
      await damaged.logged(/is damaged: .*move the database file .*ods-admin restore/);
      expect((await fetch(`${damaged.url}/share/one.pkg`)).status).toBe(200);

      await other.upload('two.pkg', someBytes(1_000));
      await other.logged(/notify-peer failed .*The database of this server is damaged/);
      expect((await fetch(`${damaged.url}/api/ods/about`)).status).toBe(503);
    } finally {
      await cluster.dispose();
    }
  });
});
