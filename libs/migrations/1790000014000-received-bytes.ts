import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** How much of a transfer has come, blocks that are not whole included; whether content is held for other servers only. */
export class ReceivedBytes1790000014000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const boolean = runner.dataSource.driver.normalizeType({ type: 'boolean' });
    const columns = [
      ['transfer', 'received_bytes', 'bigint'],
      ['replication_settings', 'relay', boolean],
    ] as const;
    for (const [table, name, type] of columns) {
      if (!(await runner.hasColumn(table, name))) await runner.addColumn(table, new TableColumn({ name, type, isNullable: true }));
    }
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
