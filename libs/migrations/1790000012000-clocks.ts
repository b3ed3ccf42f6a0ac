import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, integer, varchar } from './schema.js';

/** Comparing this server's clock with those of its peers. */
export class Clocks1790000012000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'peer_clock', {
      iss: varchar(32, { isPrimary: true }),
      offset_ms: bigint(),
      error_ms: bigint(),
      measured_ms: bigint(),
    });
    await createTable(runner, 'own_clock', {
      id: integer({ isPrimary: true }),
      state: varchar(8),
      offset_ms: bigint({ isNullable: true }),
      since_ms: bigint(),
    });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
