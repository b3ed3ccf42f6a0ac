import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, serial, varchar } from './schema.js';

const nullable = { isNullable: true };

/** What programs call the admin API with. */
export class ApiTokens1790000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'api_token',
      {
        id: serial,
        name: varchar(100),
        name_key: varchar(200),
        secret_hash: varchar(64),
        hint: varchar(12),
        role: varchar(10),
        stages: varchar(40, nullable),
        expires_ms: bigint(nullable),
        created_ms: bigint(),
        created_by: varchar(128),
        last_used_ms: bigint(nullable),
      },
      { uq_api_token_name_key: ['name_key'], uq_api_token_secret_hash: ['secret_hash'] },
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
