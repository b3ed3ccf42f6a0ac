import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import type { DataSource } from 'typeorm';
import { migrations } from '#libs/migrations/index.js';
import { takeLock } from '#libs/migrations/mssql-preparation.js';
import { odsDataSource } from '#libs/migrations/ods-data-source.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import type { DatabaseSettings } from '#libs/platform/config/config.js';
import { openDataSource } from '#libs/platform/database/data-source.js';
import { entities } from '#libs/entities/index.js';
import { createDatabase, type DatabaseKind, dropDatabase, forEachDatabase } from '../support/databases.js';
import { openPrepared, settingsOf } from '../support/prepared-database.js';
import { freePort, isLeftOut, scratchDir } from '../support/services.js';
import { startTypescript } from '../support/typescript-process.js';

forEachDatabase((database) => {
  it('makes of an empty database exactly what the entities say', async () => {
    const { dataSource, close } = await openPrepared(await database.another());
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
    for (const entity of entities) expect(await dataSource.manager.count(entity)).toBe(0);
    await close();
  });

  it('does nothing to a database that is up to date', async () => {
    const first = await openPrepared(database.url);
    await first.dataSource.query("INSERT INTO seen_token (id, expires_ms) VALUES ('kept', 1)");
    await first.close();
    const second = await openPrepared(database.url);
    expect(await second.dataSource.query('SELECT id FROM seen_token')).toEqual([{ id: 'kept' }]);
    expect(await second.dataSource.query('SELECT name FROM migrations')).toHaveLength(migrations.length);
    await second.close();
  });

  it('lets four processes prepare one empty database at once', async () => {
    const url = await database.another();
    const program = new URL('./prepare.process.ts', import.meta.url);
    const moment = String(Date.now() + 2_500);
    const processes = Array.from({ length: 4 }, () =>
      startTypescript(program, [moment], { DATABASE_URL: url, DATA_DIR: scratchDir('replica') }),
    );
    const outcomes = await Promise.all(processes.map(async (child) => ({ ...(await child.exited), output: child.output })));
    expect(outcomes).toEqual(outcomes.map(() => ({ code: 0, signal: null, output: `prepared ${migrations.length}` })));
  });

  it('lets six connections of one process prepare one empty database at once', async () => {
    const url = await database.another();
    const prepared = await Promise.all(Array.from({ length: 6 }, () => openPrepared(url)));
    expect(await prepared[0]!.dataSource.query('SELECT name FROM migrations')).toHaveLength(migrations.length);
    for (const each of prepared) await each.close();
  });

  it('refuses a database that a newer version has changed, and says what to do', async () => {
    const url = await database.another();
    const newer = await openPrepared(url);
    await newer.dataSource.query(`INSERT INTO migrations (timestamp, name) VALUES (9000000000000, 'Future9000000000000')`);
    await newer.close();
    await expect(prepareDatabase(settingsOf(url))).rejects.toThrow(
      'The database belongs to a newer version of ODS (it has Future9000000000000). Start that version, or restore the backup made before the upgrade.',
    );
  });

  it('refuses it too when the newer version migrates while this one waits for its turn', async () => {
    const url = await database.another();
    const newer = await openPrepared(url);
    const holder = await holdMigrationLock(database.kind, newer.dataSource);
    const outcome = expect(prepareDatabase(settingsOf(url))).rejects.toThrow('belongs to a newer version of ODS');
    await holder.run(`INSERT INTO migrations (timestamp, name) VALUES (9000000000000, 'Future9000000000000')`);
    await holder.release();
    await outcome;
    await newer.close();
  });

  it('continues a first migration that was killed half way', async () => {
    const url = await database.another();
    const empty = await openDataSource(odsDataSource(settingsOf(url)));
    const runner = empty.createQueryRunner();
    const { Foundation1790000000000 } = await import('#libs/migrations/1790000000000-foundation.js');
    if (database.kind === 'mariadb') {
      // Its DDL commits implicitly: the tables before the kill stay, and nothing says that they are there.
      await new Foundation1790000000000().up(runner);
      await runner.dropTable('transfer');
      await runner.dropTable('job');
    } else {
      await runner.startTransaction();
      await new Foundation1790000000000().up(runner);
      await runner.rollbackTransaction();
    }
    await runner.release();
    await empty.destroy();
    const { dataSource, close } = await openPrepared(url);
    expect((await dataSource.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
    await close();
  });
});

(isLeftOut('mariadb') ? describe.skip : describe)('MariaDB under the names of MySQL', () => {
  it('gets the same tables, and is found up to date', async () => {
    const url = await createDatabase('mariadb');
    const settings = { ...settingsOf(url), kind: 'mysql' } as DatabaseSettings;
    await (await prepareDatabase(settings)).destroy();
    const again = await prepareDatabase(settings);
    expect(await again.query('SELECT name FROM migrations')).toHaveLength(migrations.length);
    await again.destroy();
    // Opened as what it is: with "mysql", the comparison takes the way MariaDB writes NULL for a difference.
    const { dataSource, close } = await openPrepared(url);
    expect((await dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query)).toEqual([]);
    await close();
    await dropDatabase('mariadb', url);
  });
});

describe('a database that is not there', () => {
  it.each(['postgres', 'mariadb'])('is named with its address and the reason: %s', async (kind) => {
    const port = await freePort();
    await expect(prepareDatabase(settingsOf(`${kind}://ods:hunter2@127.0.0.1:${port}/ods`))).rejects.toThrow(
      new RegExp(`^The ${kind} database ods at 127.0.0.1:${port} cannot be opened: (?!.*hunter2).*ECONNREFUSED`),
    );
  });

  it('is named by its file when it is SQLite', async () => {
    const directory = scratchDir('not-a-file');
    await expect(prepareDatabase(settingsOf(`sqlite:${directory}`))).rejects.toThrow(`The SQLite file ${directory} cannot be opened`);
  });
});

/** The lock under which a replica migrates, held by another connection. */
async function holdMigrationLock(
  kind: DatabaseKind,
  dataSource: DataSource,
): Promise<{ run(sql: string): Promise<unknown>; release(): Promise<void> }> {
  if (kind === 'sqlite') {
    const file = new SqliteFile(dataSource.options.database as string);
    file.exec('BEGIN IMMEDIATE');
    const release = async () => void file.exec('COMMIT').close();
    return { run: async (sql) => file.exec(sql), release };
  }
  if (kind === 'mssql') {
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await runner.query(takeLock);
    const release = () => runner.commitTransaction().then(() => runner.release());
    return { run: (sql) => runner.query(sql), release };
  }
  const [lock, unlock] =
    kind === 'mariadb'
      ? ["SELECT GET_LOCK('ods-migrate', 0)", "SELECT RELEASE_LOCK('ods-migrate')"]
      : [`SELECT pg_advisory_lock(${0x0d5})`, `SELECT pg_advisory_unlock(${0x0d5})`];
  const runner = dataSource.createQueryRunner();
  await runner.query(lock);
  const release = async () => {
    await runner.query(unlock);
    await runner.release();
  };
  return { run: (sql) => runner.query(sql), release };
}
