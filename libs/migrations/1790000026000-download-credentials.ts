import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, serial, varchar } from './schema.js';

/** Credentials with which managed computers download. */
export class DownloadCredentials1790000026000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'download_credential',
      {
        id: serial,
        name: varchar(100),
        username: varchar(64),
        secret_sha256: varchar(64),
        created_ms: bigint(),
        last_used_ms: bigint({ isNullable: true }),
      },
      { uq_download_credential_username: ['username'] },
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
