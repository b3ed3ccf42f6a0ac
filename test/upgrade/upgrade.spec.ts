import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { Foundation1790000000000 } from '#libs/migrations/1790000000000-foundation.js';
import { migrations } from '#libs/migrations/index.js';
import { createDataSource, openDataSource } from '#libs/platform/database/data-source.js';
import { Package } from '#libs/entities/package.entity.js';
import { columnsOf, registersOf } from '#libs/packages/catalog/registers-of.js';
import { stampText } from '#libs/replication/stamp.js';
import { packagesOf, sha256, someBytes } from '../mesh/packages.js';
import { forEachDatabase } from '../support/databases.js';
import { openPrepared, settingsOf } from '../support/prepared-database.js';
import { scratchDir } from '../support/services.js';
import { TestServer } from '../support/test-server.js';

const content = someBytes(1_500_000);
const UUID = '0123456789abcdef0123456789abcdef';
const OLD_MS = 1_600_000_000_123;

const sha1 = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();

/** Writes rows as the first version did, knowing only its columns. */
async function insert(dataSource: DataSource, table: string, row: Record<string, unknown>): Promise<void> {
  const isPostgres = dataSource.options.type === 'postgres';
  const values = Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'boolean' && !isPostgres ? Number(value) : value]),
  );
  await dataSource.createQueryBuilder().insert().into(table, Object.keys(values)).values(values).updateEntity(false).execute();
}

/** The database of the first version, with a package in it. */
async function makeOldDatabase(url: string): Promise<void> {
  const dataSource = await openDataSource(createDataSource(settingsOf(url), { entities: [], migrations: [Foundation1790000000000] }));
  await dataSource.runMigrations();
  const manifest = Buffer.concat([sha1(content.subarray(0, 1_048_576)), sha1(content.subarray(1_048_576))]);
  const version = {
    filename: 'Älter.pkg',
    filename_key: 'älter.pkg',
    uuid: UUID,
    size: content.length,
    sha1: sha1(content).toString('hex'),
    sha256: sha256(content),
    manifest_sha256: sha256(manifest),
    stage: 'Prod',
    created_ms: OLD_MS,
    origin_iss: 'a'.repeat(32),
  };
  await insert(dataSource, 'catalog_clock', { id: 1, epoch: 'e'.repeat(32), seq: 1, wall_ms: OLD_MS, counter: 3 });
  await insert(dataSource, 'content', { ...version, manifest, state: 'held', retire_after_ms: null });
  const stamp = { stamp_wall_ms: OLD_MS, stamp_counter: 3, stamp_iss: 'a'.repeat(32) };
  await insert(dataSource, 'package', {
    ...version,
    ...stamp,
    deleted: false,
    notes: 'of the first version 🐘',
    seq: 1,
    status: 'Public',
    updated_ms: OLD_MS,
  });
  await insert(dataSource, 'package', {
    ...{ ...version, ...stamp, filename: 'gone.pkg', filename_key: 'gone.pkg', uuid: 'f'.repeat(32), stamp_counter: 2 },
    ...{ deleted: true, notes: null, seq: 0, status: 'Deleted', updated_ms: OLD_MS },
  });
  await dataSource.destroy();
}

forEachDatabase((database) => {
  it('the database of the first version is brought up to date by all replicas that start at once, and everything in it serves', async () => {
    await makeOldDatabase(database.url);
    const dataDir = scratchDir('upgraded');
    mkdirSync(path.join(dataDir, 'content'));
    writeFileSync(path.join(dataDir, 'content', UUID), content);
    const settings = { DATA_DIR: dataDir, DATABASE_URL: database.url };
    const names = database.kind === 'sqlite' ? ['only'] : ['first', 'second']; // a file has one web application
    const replicas = await Promise.all(names.map((name) => TestServer.start(name, settings)));
    for (const replica of replicas) {
      expect(await packagesOf(replica)).toMatchObject([
        { filename: 'Älter.pkg', status: 'Public', notes: 'of the first version 🐘', created_ts: 1_600_000_000 },
      ]);
      expect(sha256(await replica.downloaded('Älter.pkg'))).toBe(sha256(content));
    }
    expect((await replicas[0]!.upload('newer.pkg', someBytes(1_000))).status).toBe(201);
    for (const replica of replicas) expect(await replica.stop()).toBe(0);
    const { dataSource, close } = await openPrepared(database.url);
    expect(await dataSource.query('SELECT name FROM migrations')).toHaveLength(migrations.length);
    const parts = await dataSource.manager.find(Package, { where: { stampIss: 'a'.repeat(32) }, order: { seq: 'ASC' } });
    const [written, deleted] = [3, 2].map((counter) => stampText({ wallMs: OLD_MS, counter, iss: 'a'.repeat(32) }));
    expect(parts).toMatchObject([
      { ...{ contentStamp: stampText({ wallMs: 0, counter: 0, iss: 'a'.repeat(32) }), stageStamp: deleted }, deletionStamp: deleted },
      { ...{ contentStamp: written, stageStamp: written, notesStamp: written }, deletionStamp: null },
    ]);
    for (const row of parts) expect({ ...row, ...columnsOf(registersOf(row)) }).toEqual(row); // what the server would write itself
    await close();
    for (const replica of replicas) await replica.dispose();
  });
});
