import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, boolean, createTable, integer, text, varchar } from './schema.js';

/** Rules for the promotion of Munki items, and their hourly run. */
export class MunkiPromotion1790000032000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'munki_promotion_rule', {
      position: integer({ isPrimary: true }),
      from_catalog: varchar(100),
      to_catalog: varchar(100),
      keeps_from: boolean(),
      after_days: integer(),
      except_names: text(),
    });
    await createTable(runner, 'munki_promotion_state', {
      id: integer({ isPrimary: true }),
      ran_ms: bigint({ isNullable: true }),
      promoted: integer(),
      held: integer(),
    });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
