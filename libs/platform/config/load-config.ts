import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Config, type DatabaseSettings, type EncryptionKey } from './config.js';
import { parseDatabaseKeys, readOrCreateKey } from './keys.js';
import { readEnvironment } from './knobs.js';
import { settings, type Settings } from './settings.js';

/** Configuration that cannot be used; lists every fault, not only the first. */
export class ConfigInvalid extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`);
    this.name = 'ConfigInvalid';
  }
}

const ports = { mysql: 3306, mariadb: 3306, postgres: 5432 } as const;

function parseDatabaseUrl(text: string, dataDir: string): DatabaseSettings {
  if (text.startsWith('sqlite:')) {
    const file = text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
    return { kind: 'sqlite', file: file === ':memory:' ? file : path.resolve(dataDir, file) };
  }
  const match = /^(postgres(?:ql)?|mysql|mariadb):/.exec(text);
  if (!match) throw new Error('must start with postgres://, mysql://, mariadb:// or sqlite:.');
  const url = new URL(text);
  const kind = match[1]!.startsWith('postgres') ? 'postgres' : (match[1] as 'mysql' | 'mariadb');
  return {
    kind,
    host: url.hostname,
    port: Number(url.port || ports[kind]),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    tls: /^(true|1|require|verify-full)$/.test(url.searchParams.get('sslmode') ?? url.searchParams.get('ssl') ?? ''),
  };
}

function databaseSettings(values: Settings, dataDir: string): DatabaseSettings {
  if (values.DATABASE_URL) return parseDatabaseUrl(values.DATABASE_URL, dataDir);
  if (values.MYSQL_SERVER) {
    const [host, port] = values.MYSQL_SERVER.replace(/^mysql:\/\//, '').split(':');
    return {
      kind: 'mysql',
      host: host!,
      port: Number(port ?? ports.mysql),
      user: values.MYSQL_USER,
      password: values.MYSQL_PASSWORD ?? '',
      database: values.MYSQL_DATABASE,
      tls: false,
    };
  }
  return { kind: 'sqlite', file: path.join(dataDir, 'ods.sqlite') };
}

/**
 * Reads and checks the environment. Throws ConfigInvalid with every fault.
 * Touches the disk only to make DATA_DIR and to read or generate the keys that were not given.
 */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const faults: string[] = [];
  const attempt = <T>(name: string, work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      faults.push(`${name} ${(error as Error).message}`);
      return undefined;
    }
  };

  const env = attempt('ODS_CONF', () => readEnvironment(environment)) ?? environment;
  const given = (name: string): string | undefined => {
    const value = env[name] ?? (name === 'REDIS_URL' ? env['CELERY_BROKER_URL'] : undefined);
    return value === '' ? undefined : value;
  };
  const read: Record<string, unknown> = {};
  for (const [name, knob] of Object.entries(settings)) {
    read[name] = attempt(name, () => knob.read(given(name)));
  }
  const values = read as unknown as Settings;
  const dataDir = path.resolve(values.DATA_DIR);
  attempt('DATA_DIR', () => makeWritable(dataDir));
  if (values.SECRET_KEY && values.SECRET_KEY.length < 32) faults.push('SECRET_KEY must have at least 32 characters.');
  if (values.REDIS_URL && !/^rediss?:\/\//.test(values.REDIS_URL)) faults.push('REDIS_URL must start with redis:// or rediss://.');
  const database = attempt(values.DATABASE_URL ? 'DATABASE_URL' : 'MYSQL_SERVER', () => databaseSettings(values, dataDir));
  const keys = faults.length > 0 ? undefined : attempt('DATABASE_KEY', () => loadKeys(values, dataDir));
  if (faults.length > 0 || !database || !keys) throw new ConfigInvalid(faults);

  return new Config({
    ...values,
    ...keys,
    dataDir,
    stagingDir: path.resolve(values.UPLOAD_STAGING_DIR ?? path.join(dataDir, 'staging')),
    database,
    generatedKeys: !values.SECRET_KEY || !values.DATABASE_KEY,
  });
}

function loadKeys(values: Settings, dataDir: string): { secretKey: string; databaseKeys: EncryptionKey[] } {
  return {
    secretKey: values.SECRET_KEY ?? readOrCreateKey(dataDir, 'secret.key'),
    databaseKeys: parseDatabaseKeys(values.DATABASE_KEY ?? readOrCreateKey(dataDir, 'database.key')),
  };
}

function makeWritable(dataDir: string): void {
  try {
    mkdirSync(path.join(dataDir, 'keys'), { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    throw new Error(
      `${dataDir} cannot be written (${(error as NodeJS.ErrnoException).code}). Make it writable for this user, or set DATA_DIR to a directory that is.`,
    );
  }
}
