import { catalogOf, sha256, someBytes } from '../mesh/packages.js';
import { createDatabase, type DatabaseKind, dropDatabase } from '../support/databases.js';
import { isLeftOut, scratchDir } from '../support/services.js';
import { TestCluster } from '../support/test-cluster.js';
import { adminOf, odsAdmin } from './ods-admin.js';

describe.each(['mariadb', 'postgres'] as const)('ods-admin migrate-database from SQLite to %s', (kind: DatabaseKind) => {
  (isLeftOut(kind) ? it.skip : it)(
    'moves everything; the server continues with it, and is known to its peers; backups of it can be restored to SQLite',
    async () => {
      const cluster = await TestCluster.line(['mover', 'neighbour']);
      const [mover, neighbour] = [cluster.at(0), cluster.at(1)];
      const url = await createDatabase(kind);
      const content = someBytes(2_200_000);
      await mover.upload('moved.pkg', content, { notes: 'Ümläute 🚚' });
      await neighbour.downloaded('moved.pkg');
      await mover.stop();
      expect(await adminOf(mover, 'migrate-database', '--to', url)).toEqual({
        code: 0,
        output: expect.stringMatching(/^\d+ rows are in the new database/),
      });
      expect(await adminOf(mover, 'migrate-database', '--to', url)).toEqual({
        code: 1,
        output: expect.stringMatching(/^The new database has a server in it already/),
      });

      await mover.start({ DATABASE_URL: url });
      expect(sha256(await mover.downloaded('moved.pkg'))).toBe(sha256(content));
      expect(await catalogOf(mover)).toEqual(await catalogOf(neighbour));
      const news = someBytes(30_000);
      expect((await mover.upload('news.pkg', news)).status).toBe(201); // numbers go on where they were
      expect(sha256(await neighbour.downloaded('news.pkg'))).toBe(sha256(news));

      const backup = scratchDir(`backup-of-${kind}`);
      expect(await odsAdmin(['backup', backup], { DATA_DIR: mover.dataDir, DATABASE_URL: url })).toEqual({
        code: 0,
        output: expect.stringContaining('2 contents'),
      });
      const back = scratchDir('back-on-sqlite');
      expect((await odsAdmin(['restore', backup], { DATA_DIR: back })).code).toBe(0);
      expect(await odsAdmin(['verify'], { DATA_DIR: back })).toEqual({
        code: 0,
        output: expect.stringContaining('2 contents checked, 0 faults.'),
      });
      await cluster.dispose();
      await dropDatabase(kind, url);
    },
  );
});
