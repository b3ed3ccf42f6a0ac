import type { DataSource } from 'typeorm';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import type { DatabaseSettings } from '#libs/platform/config/config.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { Database } from '#libs/platform/database/database.js';
import { scratchDir } from './services.js';

/** The settings that the server would make of DATABASE_URL. */
export const settingsOf = (url: string): DatabaseSettings =>
  loadConfig({ DATA_DIR: scratchDir('settings'), DATABASE_URL: url }).get('database');

export interface PreparedDatabase {
  readonly dataSource: DataSource;
  readonly db: Database;
  close(): Promise<void>;
}

/** A connection as the server makes its own: migrated, gated. */
export async function openPrepared(url: string): Promise<PreparedDatabase> {
  const dataSource = await prepareDatabase(settingsOf(url));
  return { dataSource, db: new Database(dataSource), close: () => dataSource.destroy() };
}
