import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import type { DatabaseSettings } from '#libs/platform/config/config.js';
import { openDataSource } from '#libs/platform/database/data-source.js';
import { DatabaseIsNewer, DatabaseUnavailable } from './migration.errors.js';
import { requireMssqlOptions, underMssqlLock } from './mssql-preparation.js';
import { odsDataSource } from './ods-data-source.js';

const describe = (settings: DatabaseSettings): string =>
  settings.kind === 'sqlite'
    ? `The SQLite file ${settings.file}`
    : `The ${settings.kind} database ${settings.database} at ${placeOf(settings)}`;

function placeOf(settings: Exclude<DatabaseSettings, { kind: 'sqlite' }>): string {
  if (settings.kind !== 'mssql' && settings.socket !== undefined) return settings.socket;
  const others = settings.kind === 'mssql' ? [] : (settings.others ?? []);
  return [settings, ...others].map(({ host, port }) => `${host}:${port}`).join(', ');
}

const adviceOn = (settings: DatabaseSettings): string =>
  settings.kind === 'sqlite'
    ? 'See that it is an SQLite database that this user may read and write, or restore it from a backup.'
    : 'See that the database server is running, and check DATABASE_URL (or MYSQL_SERVER and its like).';

/** Any 32-bit number would do; it names our lock among others on the same server. */
const LOCK = 0x0d5;

/** Connects, brings the tables up to date (replicas may start at once), and refuses a newer database. */
export async function prepareDatabase(settings: DatabaseSettings): Promise<DataSource> {
  let dataSource: DataSource;
  try {
    dataSource = await openDataSource(odsDataSource(settings));
  } catch (error) {
    throw new DatabaseUnavailable(`${describe(settings)} cannot be opened: ${(error as Error).message}. ${adviceOn(settings)}`, {
      cause: error,
    });
  }
  try {
    if (settings.kind === 'sqlite') await migrateSqlite(dataSource);
    else if (settings.kind === 'mssql') await migrateMssql(dataSource);
    else await migrateServer(dataSource);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

async function refuseNewer(runner: QueryRunner): Promise<void> {
  if (!(await runner.hasTable('migrations'))) return;
  const known = new Set(runner.dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name));
  const done = (await runner.query('SELECT name FROM migrations')) as { name: string }[];
  const unknown = done.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new DatabaseIsNewer(unknown);
}

/** Under the lock: a newer replica may have migrated while this one waited for it. */
async function migrate(runner: QueryRunner, transaction: MigrationExecutor['transaction']): Promise<void> {
  await refuseNewer(runner);
  const executor = new MigrationExecutor(runner.dataSource, runner);
  executor.transaction = transaction;
  await executor.executePendingMigrations();
}

/** One transaction holds it all: the file's write lock is the lock, and a killed start leaves nothing. */
async function migrateSqlite(dataSource: DataSource): Promise<void> {
  await dataSource.transaction((manager) => migrate(manager.queryRunner!, 'none'));
}

async function migrateMssql(dataSource: DataSource): Promise<void> {
  await requireMssqlOptions(dataSource);
  await underMssqlLock(dataSource, (runner) => migrate(runner, 'none'));
}

async function migrateServer(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  const isPostgres = dataSource.options.type === 'postgres';
  try {
    await takeLock(runner, isPostgres);
    try {
      await migrate(runner, 'each');
    } finally {
      await runner.query(isPostgres ? `SELECT pg_advisory_unlock(${LOCK})` : `SELECT RELEASE_LOCK('ods-migrate')`);
    }
  } finally {
    await runner.release();
  }
}

async function takeLock(runner: QueryRunner, isPostgres: boolean): Promise<void> {
  if (isPostgres) {
    await runner.query(`SELECT pg_advisory_lock(${LOCK})`);
    return;
  }
  const [row] = (await runner.query(`SELECT GET_LOCK('ods-migrate', 300) AS held`)) as {
    held: number | string;
  }[];
  if (Number(row?.held) !== 1) throw new DatabaseUnavailable('Another process has been migrating the database for 5 minutes.');
}
