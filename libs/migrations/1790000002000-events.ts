import type { MigrationInterface, QueryRunner } from 'typeorm';
import { bigint, createTable, integer, text, varchar } from './schema.js';

const primary = { isPrimary: true };

/** What happened, in the order in which it did. */
export class Events1790000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(
      runner,
      'domain_event',
      { id: bigint(primary), type: varchar(40), data: text(), created_ms: bigint() },
      { ix_domain_event_created: ['created_ms'] },
    );
    await createTable(runner, 'event_position', { consumer: varchar(40, primary), event_id: bigint() });
    await createTable(runner, 'event_clock', { id: integer(primary), last: bigint() });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
