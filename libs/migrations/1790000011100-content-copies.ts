import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, integer, varchar } from './schema.js';

const nullable = { isNullable: true };

/** How many copies of each package the mesh is known to have. */
export class ContentCopies1790000011100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'content_copies',
      {
        uuid: varchar(32, { isPrimary: true }),
        copies: integer(),
        pending_copies: integer(nullable),
        pending_since_ms: bigint(nullable),
      },
      { ix_content_copies_copies: ['copies'] },
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
