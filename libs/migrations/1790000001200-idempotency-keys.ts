import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, bytes, createTable, integer, varchar } from './schema.js';

/** Answers for requests that are sent again. */
export class IdempotencyKeys1790000001200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'idempotency_key',
      {
        id: varchar(64, { isPrimary: true }),
        fingerprint: varchar(64),
        claim: varchar(32),
        status: integer({ isNullable: true }),
        answer: bytes({ isNullable: true }),
        expires_ms: bigint(),
      },
      { ix_idempotency_key_expires: ['expires_ms'] },
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
