import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, integer, text, varchar } from './schema.js';

const nullable = { isNullable: true };

/** The Jamf Pro server that this server is connected with. */
export class JamfConnection1790000020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'jamf_connection', {
      id: integer({ isPrimary: true }),
      url: varchar(255),
      auth: varchar(10),
      client_id: varchar(255),
      secret: text(),
      version: varchar(20, nullable),
      last_ok_ms: bigint(nullable),
      last_error: varchar(500, nullable),
    });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
