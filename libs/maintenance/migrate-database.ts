import { copyDatabase } from '#libs/migrations/copy-database.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import type { Config } from '#libs/platform/config/config.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { repositoryOf } from './backup.js';
import { requireStopped } from './require-stopped.js';
import { openOwnDatabase } from './lost-database.js';
import { MaintenanceFailed } from './maintenance.errors.js';

/** Copies this server's database into an empty one of any kind. The server must not be running; nothing of the old one changes. */
export async function migrateDatabase(config: Config, environment: NodeJS.ProcessEnv, url: string): Promise<number> {
  const settings = loadConfig({ ...environment, DATABASE_URL: url }).get('database');
  await requireStopped(config);
  const source = await openOwnDatabase(config);
  try {
    if (!(await repositoryOf(source).server()))
      throw new MaintenanceFailed('There is nothing to move: the server has never been started with this database.');
    const target = await prepareDatabase(settings);
    try {
      const found = await repositoryOf(target).server();
      if (found) throw new MaintenanceFailed(`The new database has a server in it already (${found.name}). Name an empty one.`);
      return await copyDatabase(source, target);
    } finally {
      await target.destroy();
    }
  } finally {
    await source.destroy();
  }
}
