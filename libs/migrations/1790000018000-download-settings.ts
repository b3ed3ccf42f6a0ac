import type { MigrationInterface, QueryRunner } from 'typeorm';
import { boolean, createTable, integer } from './schema.js';

/** Who may download from this server. */
export class DownloadSettings1790000018000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'download_settings', { id: integer({ isPrimary: true }), link_required: boolean() });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
