import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { bigint, boolean, createTable, integer, varchar } from './schema.js';

const nullable = { isNullable: true };
const primary = { isPrimary: true };

/** Bandwidth, concurrency, the daily window, pause. */
export class Limits1790000006100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createTable(runner, 'replication_settings', {
      id: integer(primary),
      paused: boolean(),
      download_limit: bigint(nullable),
      upload_limit: bigint(nullable),
      max_transfers: integer(nullable),
      connections_per_peer: integer(nullable),
      window_from: integer(nullable),
      window_to: integer(nullable),
      window_zone: varchar(64, nullable),
    });
    await createTable(runner, 'rate_bucket', { name: varchar(60, primary), promised_until_us: bigint() });
    for (const name of ['download_limit', 'upload_limit']) {
      if (!(await runner.hasColumn('peer', name)))
        await runner.addColumn('peer', new TableColumn({ name, type: 'bigint', isNullable: true }));
    }
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
