import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { copyDatabase } from '#libs/migrations/copy-database.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import type { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import type { DataSource } from '#libs/platform/database/data-source.js';
import { DATABASE, MANIFEST, manifestText } from './backup-manifest.js';
import { MaintenanceFailed } from './maintenance.errors.js';
import { MaintenanceRepository, type StoredContent } from './maintenance.repository.js';
import { makeDirectory } from '#libs/platform/storage/make-directory.js';
import { copyDurably, isSameFile, sha256OfFile, sizeOf, writeDurably } from './place-file.js';

export interface BackupReport {
  readonly contents: number;
  /** Names of packages whose bytes should be on the disk and are not. */
  readonly missing: readonly string[];
}

/**
 * Writes the database, the keys and the contents of a running server into a directory. The database is taken at one moment;
 * the contents it names are immutable, so they belong to that moment too. Into an earlier backup only what is new is written.
 */
export async function makeBackup(
  config: Config,
  dataSource: DataSource,
  directory: string,
  withContent: boolean,
  signal?: AbortSignal,
): Promise<BackupReport> {
  makePlace(config, directory);
  await rm(path.join(directory, MANIFEST), { force: true }); // from here on it is no whole backup, until it is one again
  await saveDatabase(config, dataSource, path.join(directory, DATABASE));
  const { server, contents } = await readSaved(path.join(directory, DATABASE));
  const saved = withContent ? await saveContents(config.get('dataDir'), directory, contents, signal) : { present: [], missing: [] };
  await removeOthers(directory, new Set(saved.present.map(({ uuid }) => uuid)));
  await saveKeys(config, directory);
  const manifest = manifestText({
    createdAt: new Date().toISOString(),
    server,
    databaseSha256: await sha256OfFile(path.join(directory, DATABASE)),
    withContent,
    contents: saved.present.map(({ uuid, filename, size, sha256 }) => ({ uuid, filename, size, sha256 })),
  });
  await writeDurably(path.join(directory, MANIFEST), manifest);
  return { contents: saved.present.length, missing: saved.missing };
}

/** Of a directory that may not be there yet: where it will be. */
const realPlace = (directory: string): string =>
  existsSync(directory) ? realpathSync(directory) : path.join(realPlace(path.dirname(directory)), path.basename(directory));

/** Throws MaintenanceFailed where no backup can or should be. */
function makePlace(config: Config, directory: string): void {
  try {
    requireOutside(config, directory);
    for (const name of ['keys', 'content']) makeDirectory(path.join(directory, name), 0o700);
  } catch (error) {
    if (error instanceof MaintenanceFailed) throw error;
    throw new MaintenanceFailed(`${notWritable(directory, error)} Name a directory that can.`);
  }
}

/**
 * Makes the directory of scheduled backups. Throws MaintenanceFailed where none should ever be; answers why none can be made now, or null: a
 * share that is away must not keep the packages away, too.
 */
export function makeBackupPlace(config: Config): string | null {
  const directory = config.get('backupDir');
  if (directory === null) return null;
  try {
    requireOutside(config, directory);
  } catch (error) {
    throw new MaintenanceFailed(`BACKUP_DIR: ${(error as Error).message}`);
  }
  try {
    makeDirectory(directory, 0o700);
    accessSync(directory, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return `BACKUP_DIR: ${notWritable(directory, error)} Backups are tried again by their schedule.`;
  }
}

const notWritable = (directory: string, error: unknown): string =>
  `${directory} cannot be written (${(error as NodeJS.ErrnoException).code}).`;

function requireOutside(config: Config, directory: string): void {
  const place = realPlace(directory);
  const own = [config.get('dataDir'), config.get('stagingDir')].map(realPlace);
  if (own.some((each) => `${place}/`.startsWith(`${each}/`)))
    throw new MaintenanceFailed(`${directory} is in the server's own directory, and would be lost with it. Name another one.`);
}

async function saveDatabase(config: Config, dataSource: DataSource, file: string): Promise<void> {
  const draft = `${file}.part`;
  for (const end of ['', '-wal', '-shm']) await rm(draft + end, { force: true });
  await writeFile(draft, '', { mode: 0o600 }); // password hashes and sealed keys are in it
  const settings = config.get('database');
  if (settings.kind === 'sqlite') {
    const source = new SqliteFile(settings.file, { readonly: true });
    try {
      // One moment for all of it: without a transaction the copy begins again with each write, and never ends on a busy server.
      source.exec('BEGIN');
      source.prepare('SELECT COUNT(*) FROM sqlite_master').get();
      await source.backup(draft);
    } finally {
      source.close();
    }
  } else {
    const target = await prepareDatabase({ kind: 'sqlite', file: draft });
    try {
      await copyDatabase(dataSource, target);
    } finally {
      await target.destroy();
    }
  }
  leaveOneFile(draft);
  await rename(draft, file);
}

/** Without the journal files of WAL beside it, which would be forgotten. */
function leaveOneFile(file: string): void {
  const database = new SqliteFile(file);
  database.pragma('journal_mode = DELETE');
  database.close();
}

/** As the backup says, not as the server says a moment later. */
async function readSaved(file: string): Promise<{ server: { iss: string; name: string }; contents: StoredContent[] }> {
  const database = new SqliteFile(file, { readonly: true });
  try {
    const server = database.prepare('SELECT iss, name FROM server').get() as { iss: string; name: string } | undefined;
    if (!server) throw new MaintenanceFailed('There is nothing to back up: the server of this database has never been started.');
    const states = `('held', 'withdrawn', 'superseded')`;
    const rows = database.prepare(`SELECT uuid, filename, size, sha256, state FROM content WHERE state IN ${states} ORDER BY uuid`).all();
    return { server, contents: rows as StoredContent[] };
  } finally {
    database.close();
  }
}

async function saveContents(dataDir: string, directory: string, contents: StoredContent[], signal: AbortSignal | undefined) {
  const present: StoredContent[] = [];
  const missing: string[] = [];
  for (const content of contents) {
    signal?.throwIfAborted();
    const [from, to] = [dataDir, directory].map((root) => path.join(root, 'content', content.uuid)) as [string, string];
    if (await saveContent(content, from, to)) present.push(content);
    else if (content.state === 'held') missing.push(content.filename); // others may just have been retired
  }
  return { present, missing };
}

/** True when the backup has it. What an earlier backup saved stays; what is new is read again after it was copied. */
async function saveContent({ size, sha256 }: StoredContent, from: string, to: string): Promise<boolean> {
  const [here, saved] = [await sizeOf(from), await sizeOf(to)];
  const isShared = here !== null && saved !== null && (await isSameFile(from, to));
  if (saved === size && !isShared) return true;
  if (here === null) return saved === size;
  const draft = `${to}.new`;
  try {
    await copyDurably(from, draft);
    if ((await sha256OfFile(draft)) !== sha256) return false; // damaged on the disk: no backup of it
    await rename(draft, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false; // retired since the database was read
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function removeOthers(directory: string, kept: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(path.join(directory, 'content'))) {
    if (!kept.has(name)) await rm(path.join(directory, 'content', name));
  }
}

async function saveKeys(config: Config, directory: string): Promise<void> {
  const keys = config.get('databaseKeys').map(({ key }) => key.toString('base64'));
  await writeDurably(path.join(directory, 'keys/database.key'), `${keys.join(',')}\n`);
  await writeDurably(path.join(directory, 'keys/secret.key'), `${config.get('secretKey')}\n`);
}

export const repositoryOf = (dataSource: DataSource): MaintenanceRepository => new MaintenanceRepository(new Database(dataSource));
