import type { Settings } from './settings.js';

export interface DatabaseHost {
  readonly host: string;
  readonly port: number;
}

/** Where a database server is, and as whom it is spoken with. */
interface ServerAddress extends DatabaseHost {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export type DatabaseSettings =
  | { readonly kind: 'sqlite'; readonly file: string }
  | (ServerAddress & { readonly kind: 'mysql' | 'mariadb' | 'postgres'; readonly tls: DatabaseTls } & Places)
  | (ServerAddress & { readonly kind: 'mssql' } & MssqlEncryption);

/** Whether to encrypt; or also what authority is believed and who we are, as PEM. */
export type DatabaseTls = boolean | { readonly ca?: string; readonly cert?: string; readonly key?: string };

interface Places {
  /** A socket on this machine, in the place of host and port: its directory for PostgreSQL, its file for MySQL. */
  readonly socket?: string;
  /** Further servers of PostgreSQL, which are tried after the first. */
  readonly others?: readonly DatabaseHost[];
  /** A server that only reads will not do. */
  readonly needsWrites?: boolean;
}

/** The words of SQL Server's connection strings; `strict` is TDS 8.0. */
export interface MssqlEncryption {
  readonly encrypt: boolean | 'strict';
  /** Encrypt, and believe whoever answers. */
  readonly trustServerCertificate: boolean;
}

/** A key with the short id that is stored beside everything it encrypted. */
export interface EncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

export interface ConfigValues extends Omit<
  Settings,
  'SECRET_KEY' | 'DATABASE_KEY' | 'DATABASE_URL' | 'DATA_DIR' | 'UPLOAD_STAGING_DIR' | 'BACKUP_DIR'
> {
  readonly dataDir: string;
  readonly stagingDir: string;
  /** Null: no scheduled backups. */
  readonly backupDir: string | null;
  readonly secretKey: string;
  /** The first encrypts; all decrypt. */
  readonly databaseKeys: readonly EncryptionKey[];
  readonly database: DatabaseSettings;
  /** Keys were generated here and are in no other place: worth a backup, wrong with several machines. */
  readonly generatedKeys: boolean;
  /** DATABASE_KEY was given, and is not the one of DATA_DIR. */
  readonly givenDatabaseKey: boolean;
}

/** All that can be set from outside, validated and frozen; the token by which it is injected. */
export class Config {
  readonly values: ConfigValues;

  constructor(values: ConfigValues) {
    this.values = Object.freeze(values);
  }

  get<K extends keyof ConfigValues>(name: K): ConfigValues[K] {
    return this.values[name];
  }

  /** True when this process also runs the jobs, because no Redis carries them to workers. */
  get runsJobsEmbedded(): boolean {
    return this.values.REDIS_URL === null;
  }
}
