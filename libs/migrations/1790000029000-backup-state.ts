import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, integer, varchar } from './schema.js';

const nullable = { isNullable: true };

/** How the scheduled backups went. */
export class BackupState1790000029000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'backup_state', {
      id: integer({ isPrimary: true }),
      succeeded_ms: bigint(nullable),
      failed_ms: bigint(nullable),
      fault: varchar(500, nullable),
    });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
