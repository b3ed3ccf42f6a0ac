import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { DataSource, DefaultNamingStrategy, type DataSourceOptions, type MixedList } from 'typeorm';
import type { DatabaseSettings } from '../config/config.js';
import { makeDirectory } from '../storage/make-directory.js';
import { shortenLists } from './long-lists.js';
import { repeatLoneStatements } from './lone-statements.js';
import { connectEncrypted } from './mssql-connection.js';
import { useMssqlTypes } from './mssql-types.js';
import { isNoRoom } from './transient-errors.js';
import { clientOfHosts } from './postgres-hosts.js';
import { SqliteFile } from './sqlite-file.js';
import { gateSqlite, whenFree } from './sqlite-gate.js';

/** What holds the connection, for those who only hand it on. */
export type { DataSource } from 'typeorm';

/** Connections to a database server that one process holds at most. */
const POOL_SIZE = 20;

/** Tables and columns in snake_case on every database. */
class SnakeNaming extends DefaultNamingStrategy {
  override columnName(propertyName: string, customName: string): string {
    return customName || propertyName.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  }
}

interface Schema {
  readonly entities: MixedList<new () => object>;
  readonly migrations: MixedList<new () => object>;
}

interface Pragmas {
  pragma(sql: string): void;
  close(): void;
}

/**
 * SQLite shares an index of its journal between processes, in a file beside it. After a try that found no room for that file on the disk, the
 * connection keeps the index to itself (locking_mode EXCLUSIVE), so that it can at least read.
 */
function sqlitePreparation(): (db: Pragmas) => void {
  let hasNoRoom = false;
  return (db) => {
    if (hasNoRoom) db.pragma('locking_mode = EXCLUSIVE');
    try {
      db.pragma('synchronous = NORMAL'); // transactions raise it to FULL, see sqlite-gate.ts
      db.pragma('journal_size_limit = 67108864');
    } catch (error) {
      hasNoRoom = isNoRoom(error);
      db.close(); // the next try must not wait for this one's lock
      throw error;
    }
  };
}

async function initialize(dataSource: DataSource): Promise<void> {
  try {
    await dataSource.initialize();
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    await dataSource.initialize();
  }
}

export function dataSourceOptions(settings: DatabaseSettings, schema: Schema): DataSourceOptions {
  const common = {
    ...schema,
    namingStrategy: new SnakeNaming(),
    synchronize: false,
    migrationsTransactionMode: 'each',
    // Failed statements surface as errors; a logger would print their parameters, which may be secrets.
    logging: false,
  } as const;
  if (settings.kind === 'sqlite') {
    return {
      ...common,
      type: 'better-sqlite3',
      driver: SqliteFile,
      database: settings.file,
      enableWAL: true,
      timeout: 20,
      prepareDatabase: sqlitePreparation(),
    };
  }
  const { host, port, user, password, database } = settings;
  const server = { ...common, host, port, username: user, password, database };
  if (settings.kind === 'mssql') {
    const { encrypt, trustServerCertificate } = settings;
    // As with the others, a statement may take the time that it needs; it is the connection that must not.
    const given = { encrypt: encrypt as boolean, trustServerCertificate, appName: 'ods', useUTC: true };
    const options = encrypt === true ? { ...given, connector: connectEncrypted as never } : given;
    return { ...server, type: 'mssql', requestTimeout: 0, pool: { max: POOL_SIZE }, options };
  }
  const { tls, socket } = settings;
  if (settings.kind === 'postgres') {
    const place = socket === undefined ? {} : { host: socket };
    return { ...server, ...place, type: 'postgres', ssl: tls, poolSize: POOL_SIZE, applicationName: 'ods', extra: {} };
  }
  return {
    ...server,
    type: settings.kind,
    timezone: 'Z',
    charset: 'utf8mb4_bin',
    poolSize: POOL_SIZE,
    ...(tls === false ? {} : { ssl: tls === true ? {} : tls }),
    ...(socket === undefined ? {} : { socketPath: socket }),
  };
}

/** MySQL's BLOB ends at 64 KiB and PostgreSQL has another word for it. */
const bytesType = { 'better-sqlite3': 'blob', mysql: 'mediumblob', mariadb: 'mediumblob', postgres: 'bytea' } as const;

function nameBytes({ driver, options }: DataSource): void {
  const bytes = bytesType[options.type as keyof typeof bytesType];
  const normalize = driver.normalizeType.bind(driver);
  driver.normalizeType = (column) => ((column.type as unknown) === Buffer ? bytes : normalize(column));
}

/** The one way to make a data source: the server, the CLI and the tests all come through here. */
export function createDataSource(settings: DatabaseSettings, schema: Schema): DataSource {
  const dataSource = new DataSource(dataSourceOptions(settings, schema));
  if (dataSource.options.type === 'mssql') useMssqlTypes(dataSource);
  else nameBytes(dataSource);
  if (settings.kind === 'postgres') useAllHosts(dataSource, settings);
  return dataSource;
}

/** The driver has read its package by now; a start on another database does not. */
function useAllHosts({ driver, options }: DataSource, settings: Exclude<DatabaseSettings, { kind: 'sqlite' | 'mssql' }>): void {
  const { host, port, others = [], needsWrites = false } = settings;
  if (others.length === 0 && !needsWrites) return;
  const { Client } = (driver as unknown as { postgres: { Client: Parameters<typeof clientOfHosts>[0] } }).postgres;
  const place = settings.socket ?? host;
  Object.assign(options.extra as object, { Client: clientOfHosts(Client, [{ host: place, port }, ...others], needsWrites) });
}

/** Connects, gated on SQLite. The caller owns the result and ends it with `destroy()`. */
export async function openDataSource(dataSource: DataSource): Promise<DataSource> {
  const { type, database } = dataSource.options;
  if (type === 'better-sqlite3' && database !== ':memory:') createPrivately(database);
  if (type === 'mssql') shortenLists(dataSource);
  if (type !== 'better-sqlite3') repeatLoneStatements(dataSource);
  await whenFree(() => initialize(dataSource)); // turning on WAL needs the file for itself
  return gateSqlite(dataSource);
}

/** SQLite would make the file readable for every user of the machine; its journal files take over the mode. */
function createPrivately(file: string): void {
  makeDirectory(path.dirname(file));
  closeSync(openSync(file, 'a', 0o600));
}
