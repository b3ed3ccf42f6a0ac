import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, boolean, createTable, text, varchar } from './schema.js';

const nullable = { isNullable: true };

/** Uploads that may take many requests. */
export class ResumableUploads1790000001100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'resumable_upload',
      {
        id: varchar(32, { isPrimary: true }),
        owner: varchar(40),
        filename: varchar(255),
        stage: varchar(4, nullable),
        notes: text(nullable),
        replaces: boolean(),
        metadata: text(nullable),
        size: bigint(),
        received: bigint(),
        created_ms: bigint(),
        expires_ms: bigint(),
        holder: varchar(32, nullable),
        held_until_ms: bigint(),
      },
      { ix_resumable_upload_expires: ['expires_ms'] },
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
