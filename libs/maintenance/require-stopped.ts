import { setTimeout as sleep } from 'node:timers/promises';
import { odsDataSource } from '#libs/migrations/ods-data-source.js';
import type { Config } from '#libs/platform/config/config.js';
import { type DataSource, openDataSource } from '#libs/platform/database/data-source.js';
import { DataDirTaken, lockDataDir } from '#libs/platform/process/data-dir-lock.js';
import { MaintenanceFailed } from './maintenance.errors.js';

const MOMENT_MS = 500;

/** Before anything else of this process has opened the database, a pool has one connection: all others are of other processes. */
export const othersOnServer = {
  postgres: 'SELECT COUNT(*) AS others FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  mysql: 'SELECT COUNT(*) AS others FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()',
  mssql: 'SELECT COUNT(*) AS others FROM sys.dm_exec_sessions WHERE database_id = DB_ID() AND session_id <> @@SPID',
} as const;

/** Throws while a server works with this database: what it writes meanwhile would be lost. A worker alone on SQLite is not noticed. */
export async function requireStopped(config: Config): Promise<void> {
  const settings = config.get('database');
  if (settings.kind === 'sqlite') return requireFreeDirectory(config);
  const dataSource = await openDataSource(odsDataSource(settings));
  try {
    const count = await countLasting(dataSource);
    if (count > 0)
      throw new MaintenanceFailed(
        `${count} other connections to the ${settings.kind} database ${settings.database} are open: stop the server and its workers first.`,
      );
  } finally {
    await dataSource.destroy();
  }
}

function requireFreeDirectory(config: Config): void {
  try {
    lockDataDir(config, 0)();
  } catch (error) {
    if (!(error instanceof DataDirTaken)) throw error;
    throw new MaintenanceFailed(`The server of ${config.get('dataDir')} is running: stop it and its workers first.`);
  }
}

/** A connection that looked which of several servers answers is seen for a moment after it has ended. */
async function countLasting(dataSource: DataSource): Promise<number> {
  const first = await countOthers(dataSource);
  if (first === 0) return 0;
  await sleep(MOMENT_MS);
  return countOthers(dataSource);
}

async function countOthers(dataSource: DataSource): Promise<number> {
  const { type } = dataSource.options;
  const sql = type === 'postgres' || type === 'mssql' ? othersOnServer[type] : othersOnServer.mysql;
  const [row] = (await dataSource.query(sql)) as { others: string | number }[];
  return Number(row!.others);
}
