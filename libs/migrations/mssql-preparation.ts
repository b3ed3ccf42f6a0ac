import type { DataSource, QueryRunner } from 'typeorm';
import { DatabaseUnavailable } from './migration.errors.js';

/** The first version of SQL Server (2016) whose statements we use, as databases name it. */
const OLDEST_LEVEL = 130;
const LOCK_TIMEOUT_MS = 300_000;

/** Of a connection to SQL Server; answers one row. */
export const optionsOfDatabase =
  'SELECT name, is_read_committed_snapshot_on AS snapshots, compatibility_level AS level FROM sys.databases WHERE database_id = DB_ID()';

/** Held until the transaction ends. Negative when it was not to be had. */
export const takeLock = `DECLARE @held int; EXEC @held = sp_getapplock @Resource = 'ods-migrate', @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = ${LOCK_TIMEOUT_MS}; SELECT @held AS held`;

/**
 * Throws when readers of this database would wait for writers, and writers for readers: our transactions are made for a database that shows
 * what was committed last. Only its owner can switch that, while no other connection is open, so it is not done here.
 */
export async function requireMssqlOptions(dataSource: DataSource): Promise<void> {
  const [row] = (await dataSource.query(optionsOfDatabase)) as { name: string; snapshots: boolean; level: number }[];
  const name = `[${(row?.name ?? '').replaceAll(']', ']]')}]`;
  if (!row?.snapshots)
    throw new DatabaseUnavailable(
      `The database needs READ_COMMITTED_SNAPSHOT. Let its owner run: ALTER DATABASE ${name} SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE`,
    );
  if (row.level < OLDEST_LEVEL)
    throw new DatabaseUnavailable(
      `The database works as a version of SQL Server before 2016. Let its owner run: ALTER DATABASE ${name} SET COMPATIBILITY_LEVEL = ${OLDEST_LEVEL}`,
    );
}

/** Does the work in one transaction while no other process does it: all of it or nothing. */
export async function underMssqlLock(dataSource: DataSource, work: (runner: QueryRunner) => Promise<void>): Promise<void> {
  await dataSource.transaction(async ({ queryRunner }) => {
    const [row] = (await queryRunner!.query(takeLock)) as { held: number }[];
    if ((row?.held ?? -1) < 0) throw new DatabaseUnavailable('Another process has been migrating the database for 5 minutes.');
    await work(queryRunner!);
  });
}
