import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** Which content is served under a name while its replacement is on its way; why something of a peer was refused last. */
export class ServedContent1790000016000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.add(runner, 'package', new TableColumn({ name: 'served_uuid', type: 'varchar', length: '32', isNullable: true }));
    await this.add(runner, 'peer', new TableColumn({ name: 'last_refusal', type: 'text', isNullable: true }));
    await this.add(runner, 'peer', new TableColumn({ name: 'last_refusal_ms', type: 'bigint', isNullable: true }));
    await runner.query("UPDATE package SET served_uuid = uuid WHERE status = 'Public'");
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }

  private async add(runner: QueryRunner, table: string, column: TableColumn): Promise<void> {
    if (!(await runner.hasColumn(table, column.name))) await runner.addColumn(table, column);
  }
}
