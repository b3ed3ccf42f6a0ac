import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, integer, text, varchar } from './schema.js';

const nullable = { isNullable: true };

/** What this server read in the contents that it holds. */
export class PackageMetadata1790000019000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'package_metadata',
      {
        uuid: varchar(32, { isPrimary: true }),
        parser: integer(),
        state: varchar(16),
        kind: varchar(32, nullable),
        title_key: varchar(255, nullable),
        title: varchar(500, nullable),
        version: varchar(100, nullable),
        signer: varchar(200, nullable),
        team_id: varchar(10, nullable),
        signature: varchar(16, nullable),
        json: text(),
        ms: bigint(),
        overruns: integer({ default: 0 }),
      },
      { ix_package_metadata_title_key: ['title_key'], ix_package_metadata_team_id: ['team_id'] },
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
