import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, boolean, createTable, integer, varchar } from './schema.js';

const nullable = { isNullable: true };

/** Rules for old versions of titles, and their daily run. */
export class Retention1790000025000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'retention_rule', {
      position: integer({ isPrimary: true }),
      stage: varchar(4, nullable),
      filename: varchar(255, nullable),
      title_key: varchar(255, nullable),
      keep: integer(),
      min_age_days: integer(),
    });
    await createTable(runner, 'retention_settings', {
      id: integer({ isPrimary: true }),
      automatic: boolean(),
      ran_ms: bigint(nullable),
      removed: integer(),
      held: integer(),
    });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
