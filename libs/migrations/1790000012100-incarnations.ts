import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { createTable, integer, varchar } from './schema.js';

/** Noticing that the database is not what other servers have read. */
export class Incarnations1790000012100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'server_run', {
      id: integer({ isPrimary: true }),
      stop_id: varchar(32, { isNullable: true }),
      start_id: varchar(32, { isNullable: true }),
    });
    if (await runner.hasColumn('catalog_clock', 'durable_seq')) return;
    await runner.addColumn('catalog_clock', new TableColumn({ name: 'durable_seq', type: 'bigint', default: 0 }));
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
