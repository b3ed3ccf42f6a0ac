import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, boolean, createTable, text, varchar } from './schema.js';

/** What the servers of the mesh say of themselves. */
export class ServerStates1790000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'server_state',
      {
        iss: varchar(32, { isPrimary: true }),
        public_key: text(),
        issued_ms: bigint(),
        body: text(),
        signature: varchar(100),
        seq: bigint(),
        received_ms: bigint(),
        forgotten: boolean(),
      },
      { uq_server_state_seq: ['seq'] },
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
