import { copyFile, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AuditEventRepository } from '#libs/audit/audit-event.repository.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { copyDatabase } from '#libs/migrations/copy-database.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import { Clock } from '#libs/platform/clock.js';
import type { Config } from '#libs/platform/config/config.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import type { DataSource } from '#libs/platform/database/data-source.js';
import { makeDirectory } from '#libs/platform/storage/make-directory.js';
import { STORE_MARK } from '#libs/platform/storage/store-mark.js';
import { DATABASE, readManifest, type BackupManifest } from './backup-manifest.js';
import { MaintenanceFailed } from './maintenance.errors.js';
import { MaintenanceRepository } from './maintenance.repository.js';
import { copyDurably, sha256OfFile, sizeOf, writeDurably } from './place-file.js';
import { openSealed } from './sealed-columns.js';

/**
 * Makes of this machine's empty server the one of the backup. The server must not be running. Where keys are given by the
 * environment they must be those of the backup; otherwise they are put into DATA_DIR.
 */
export async function restoreBackup(directory: string, environment: NodeJS.ProcessEnv): Promise<BackupManifest> {
  const manifest = await readManifest(directory);
  await checkBackupFiles(directory, manifest);
  const config = loadConfig(environment);
  const target = await prepareDatabase(config.get('database'));
  try {
    const found = await new MaintenanceRepository(new Database(target)).server();
    if (found)
      throw new MaintenanceFailed(`There is a server already (${found.name}). Restore into an empty DATA_DIR and an empty database.`);
    await withCopy(directory, config.get('dataDir'), async (source) => {
      await openSealed(await configOfRestored(directory, config, environment), new MaintenanceRepository(new Database(source)));
      await restoreKeys(directory, config.get('dataDir'));
      await placeContents(directory, config.get('dataDir'), manifest);
      await startAnew(source);
      await copyDatabase(source, target);
    });
    await openSealed(loadConfig(environment), new MaintenanceRepository(new Database(target)));
    return manifest;
  } finally {
    await target.destroy();
  }
}

/** With the key that the server will have: the one that is given, or else that of the backup. */
async function configOfRestored(directory: string, config: Config, environment: NodeJS.ProcessEnv): Promise<Config> {
  if (config.get('givenDatabaseKey')) return config;
  const saved = await readFile(path.join(directory, 'keys/database.key'), 'utf8');
  return loadConfig({ ...environment, DATABASE_KEY: saved.trim() });
}

/** Compares every file of a backup with its manifest. Throws MaintenanceFailed. */
export async function checkBackupFiles(directory: string, { databaseSha256, contents }: BackupManifest): Promise<void> {
  if ((await sha256OfFile(path.join(directory, DATABASE))) !== databaseSha256) {
    throw new MaintenanceFailed(`${DATABASE} in the backup was changed or damaged. Take another backup.`);
  }
  for (const { uuid, filename, size, sha256 } of contents) {
    const file = path.join(directory, 'content', uuid);
    if ((await sizeOf(file)) !== size || (await sha256OfFile(file)) !== sha256) {
      throw new MaintenanceFailed(
        `The content of ${filename} in the backup is damaged or missing (${uuid}). Take another backup, or remove this one from backup.json: a peer that has it sends it again.`,
      );
    }
  }
}

async function restoreKeys(directory: string, dataDir: string): Promise<void> {
  makeDirectory(path.join(dataDir, 'keys'), 0o700);
  for (const name of ['database.key', 'secret.key']) {
    await writeDurably(path.join(dataDir, 'keys', name), await readFile(path.join(directory, 'keys', name), 'utf8'));
  }
}

async function placeContents(directory: string, dataDir: string, { contents }: BackupManifest): Promise<void> {
  makeDirectory(path.join(dataDir, 'content'));
  for (const { uuid } of contents) await copyDurably(path.join(directory, 'content', uuid), path.join(dataDir, 'content', uuid));
  await writeDurably(path.join(dataDir, 'content', STORE_MARK), ''); // what the backup left out comes from the other servers
}

/** By way of a copy, which is brought up to date first: the backup itself stays as it is. */
async function withCopy(directory: string, dataDir: string, work: (source: DataSource) => Promise<void>): Promise<void> {
  const copy = path.join(dataDir, 'restoring.sqlite');
  await removeSqlite(copy);
  await copyFile(path.join(directory, DATABASE), copy);
  const source = await prepareDatabase({ kind: 'sqlite', file: copy });
  try {
    await work(source);
  } finally {
    await source.destroy();
    await removeSqlite(copy);
  }
}

/** In the copy, so that the target becomes a server in one step that knows all of it. */
async function startAnew(source: DataSource): Promise<void> {
  const db = new Database(source);
  const clock = new Clock();
  await db.transaction(async () => {
    await new MaintenanceRepository(db).forgetTheFuture(newHexId(), clock.now());
    await new AuditTrail(new AuditEventRepository(db), clock).record({ action: 'server.restored', details: { by: 'ods-admin' } });
  });
}

async function removeSqlite(file: string): Promise<void> {
  for (const end of ['', '-wal', '-shm']) await rm(file + end, { force: true });
}
