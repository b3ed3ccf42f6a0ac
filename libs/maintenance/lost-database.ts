import { existsSync } from 'node:fs';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import type { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import type { DataSource } from '#libs/platform/database/data-source.js';
import { MaintenanceFailed } from './maintenance.errors.js';
import { MaintenanceRepository } from './maintenance.repository.js';
import { contentFiles } from './orphans.js';

/** The database of a server that has been started. Throws MaintenanceFailed when its file is lost: opening it would make an empty one. */
export async function openOwnDatabase(config: Config): Promise<DataSource> {
  const settings = config.get('database');
  if (settings.kind === 'sqlite' && !existsSync(settings.file))
    throw new MaintenanceFailed(
      `There is no database ${settings.file}. Nothing was changed. Set DATABASE_URL as the server has it, or restore a backup (ods-admin restore DIRECTORY).`,
    );
  return prepareDatabase(settings);
}

/**
 * A database with nothing in it beside contents of a server: its file was lost, or DATABASE_URL. A new server in this place would begin with a password
 * that is known, and the packages would be gone for everybody. Closes the database and throws.
 */
export async function refuseLostDatabase(config: Config, dataSource: DataSource): Promise<void> {
  if (!(await new MaintenanceRepository(new Database(dataSource)).isEmpty())) return;
  const dataDir = config.get('dataDir');
  const contents = await contentFiles(dataDir);
  if (contents.length === 0) return;
  await dataSource.destroy();
  const settings = config.get('database');
  const where = settings.kind === 'sqlite' ? `The database ${settings.file}` : `The ${settings.kind} database ${settings.database}`;
  throw new MaintenanceFailed(
    `${where} is empty, and ${dataDir} has ${contents.length} contents of a server: its database was lost, or DATABASE_URL names another one. ` +
      'Restore a backup (ods-admin restore DIRECTORY). Without one, move DATA_DIR aside and begin as a new server: ' +
      'register it again, and packages come from the other servers; what only this one had is in "share" under its name (ods import folder).',
  );
}
