import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, serial, text, varchar } from './schema.js';

const nullable = { isNullable: true };

/** Displaced versions of packages, and what is accepted from which author (ADR 13). */
export class VersionsAndRights1790000010200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'package_version',
      {
        id: serial,
        filename_key: varchar(510),
        uuid: varchar(32),
        stamp: varchar(57),
        reason: varchar(10),
        write: text(),
        since_ms: bigint(),
      },
      { uq_package_version: ['filename_key', 'stamp'], ix_package_version_since: ['since_ms'] },
    );
    await createTable(runner, 'author_rights', {
      iss: varchar(32, { isPrimary: true }),
      preset: varchar(20),
      rights: text(nullable),
      updated_ms: bigint(),
    });
    // Servers that are known already keep the rights that they had; NEW_SERVER_RIGHTS is for those that come.
    for (const table of ['peer', 'server_state']) {
      await runner.query(`
        INSERT INTO author_rights (iss, preset, rights, updated_ms)
        SELECT DISTINCT iss, 'full', NULL, 0 FROM ${table} WHERE iss NOT IN (SELECT iss FROM author_rights)`);
    }
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
