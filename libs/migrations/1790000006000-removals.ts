import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, boolean, createTable, serial, text, varchar } from './schema.js';

const nullable = { isNullable: true };

/** Recent deletions, and the changes that the guard against mass deletes holds. */
export class Removals1790000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'removal',
      {
        id: serial,
        filename: varchar(255),
        held_key: varchar(510, nullable),
        kind: varchar(8),
        is_own: boolean(),
        peer_iss: varchar(32, nullable),
        entry: text(nullable),
        at_ms: bigint(),
      },
      { uq_removal_held_key: ['held_key'], ix_removal_at: ['at_ms'] },
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
