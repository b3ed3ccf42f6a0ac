import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, integer, varchar } from './schema.js';

/** What comparing catalogs with peers has repaired. */
export class Repairs1790000012200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'peer_repair', {
      iss: varchar(32, { isPrimary: true }),
      received: bigint(),
      sent: bigint(),
      last_received: integer(),
      last_sent: integer(),
      last_ms: bigint(),
    });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
