import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, varchar } from './schema.js';

/** Noticing that two running servers have one identity. */
export class PeerRuns1790000012300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'peer_run', {
      iss: varchar(32, { isPrimary: true }),
      run_id: varchar(32),
      address: varchar(500),
      former_run_id: varchar(32, { isNullable: true }),
      since_ms: bigint(),
      rival_run_id: varchar(32, { isNullable: true }),
      rival_address: varchar(500, { isNullable: true }),
      rival_since_ms: bigint({ isNullable: true }),
    });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
