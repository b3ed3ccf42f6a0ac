import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { Config, type EncryptionKey } from './config.js';
import { databaseSettings } from './database-settings.js';
import { type Attempt, readEnvironment } from './environment.js';
import { makeDirectory } from '../storage/make-directory.js';
import { parseDatabaseKeys, readOrCreateKey } from './keys.js';
import { settings, type Settings } from './settings.js';

/** Configuration that cannot be used; lists every fault, not only the first. */
export class ConfigInvalid extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n  ${faults.join('\n  ')}`);
    this.name = 'ConfigInvalid';
  }
}

/**
 * Reads and checks the environment. Throws ConfigInvalid with every fault.
 * Touches the disk only to make DATA_DIR and to read or generate the keys that were not given; where a server `mustExist`, DATA_DIR has to
 * be its directory: what looks after a server must not begin another one in a place that was mistyped.
 */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env, { mustExist = false } = {}): Config {
  const faults: string[] = [];
  const attempt: Attempt = (name, work) => {
    try {
      return work();
    } catch (error) {
      faults.push(`${name} ${(error as Error).message}`);
      return undefined;
    }
  };

  const given = readEnvironment(environment, attempt);
  const read: Record<string, unknown> = {};
  for (const [setting, knob] of Object.entries(settings)) {
    const { name, value } = given[setting]!;
    read[setting] = attempt(name, () => knob.read(value));
  }
  const values = read as unknown as Settings;
  const dataDir = path.resolve(values.DATA_DIR);
  attempt('DATA_DIR', () => (mustExist ? requireServer(dataDir) : makeWritable(dataDir)));
  const stagingDir = attempt(given['UPLOAD_STAGING_DIR']!.name, () => stagingDirOf(values, dataDir));
  const database = attempt(values.DATABASE_URL ? 'DATABASE_URL' : 'MYSQL_SERVER', () => databaseSettings(values, dataDir));
  attempt('TLS_CERT_FILE', () => requireTlsPair(values));
  const keys = faults.length > 0 ? undefined : attempt('DATA_DIR', () => loadKeys(values, dataDir));
  if (faults.length > 0 || !stagingDir || !database || !keys) throw new ConfigInvalid(faults);

  return new Config({
    ...values,
    ...keys,
    dataDir,
    stagingDir,
    backupDir: values.BACKUP_DIR === null ? null : path.resolve(values.BACKUP_DIR),
    database,
    generatedKeys: !values.SECRET_KEY || !values.DATABASE_KEY,
    givenDatabaseKey: Boolean(values.DATABASE_KEY),
  });
}

/** What is old there is removed, and what is new is visible in it: it cannot be a directory with another purpose. */
function stagingDirOf({ UPLOAD_STAGING_DIR: given }: Settings, dataDir: string): string {
  const directory = path.resolve(given ?? path.join(dataDir, 'staging'));
  const taken = [dataDir, ...['content', 'share', 'keys'].map((name) => path.join(dataDir, name))];
  const other = taken.find((each) => each === directory);
  if (other !== undefined) throw new Error(`must be a directory of its own: ${other} has another purpose.`);
  return directory;
}

function loadKeys(values: Settings, dataDir: string): { secretKey: string; databaseKeys: EncryptionKey[] } {
  return {
    secretKey: values.SECRET_KEY ?? readOrCreateKey(dataDir, 'secret.key'),
    databaseKeys: parseDatabaseKeys(values.DATABASE_KEY ?? readOrCreateKey(dataDir, 'database.key')),
  };
}

function makeWritable(dataDir: string): void {
  try {
    makeDirectory(dataDir); // open to the web server that serves the public files; what is secret within is not
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    throw new Error(
      `${dataDir} cannot be written (${(error as NodeJS.ErrnoException).code}). Make it writable for this user, or set DATA_DIR to a directory that is.`,
      { cause: error },
    );
  }
}

function requireTlsPair({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key, HTTP_REDIRECT_PORT: redirect, PORT: port }: Settings): void {
  if ((cert === null) !== (key === null)) throw new Error('and TLS_KEY_FILE belong together: set both, or neither.');
  if (cert === null && redirect !== 0) throw new Error('is not set, and HTTP_REDIRECT_PORT has nothing to lead to.');
  if (redirect !== 0 && redirect === port) throw new Error('is set, and HTTP_REDIRECT_PORT is the same as PORT: choose another one.');
}

function requireServer(dataDir: string): void {
  if (statSync(path.join(dataDir, 'content'), { throwIfNoEntry: false })?.isDirectory()) return;
  throw new Error(`${dataDir} is not the directory of a server. Set it, or ODS_CONF, as the server has it.`);
}

/** What the process was given; only this file reads it. */
export const environment = (): NodeJS.ProcessEnv => process.env;

/** For a start that fails before there is a configuration: whether to show where in the code. */
export function showsStacks(environment: NodeJS.ProcessEnv = process.env): boolean {
  return Boolean(environment['DEBUG']);
}
