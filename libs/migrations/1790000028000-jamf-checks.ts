import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, serial, varchar } from './schema.js';

const nullable = { isNullable: true };

/** What computers get from distribution points of Jamf Pro. */
export class JamfChecks1790000028000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'jamf_check',
      {
        id: serial,
        iss: varchar(32),
        filename: varchar(255),
        filename_key: varchar(510),
        uuid: varchar(32),
        state: varchar(16),
        detail: varchar(500),
        checked_ms: bigint(nullable),
        whole_ms: bigint(nullable),
        rate: bigint(nullable),
        asked: varchar(5, nullable),
        asked_ms: bigint(nullable),
      },
      { uq_jamf_check_place: ['iss', 'filename_key'], ix_jamf_check_state: ['state'] },
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
