import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** Titles as they are searched, what chains of signers end in, and whether a promotion waits when the signer is another. */
export class Signers1790000021000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const boolean = runner.dataSource.driver.normalizeType({ type: 'boolean' });
    await this.add(runner, 'package_metadata', { name: 'title_folded', type: 'varchar', length: '500' });
    await this.add(runner, 'package_metadata', { name: 'anchor', type: 'varchar', length: '64' });
    await this.add(runner, 'replication_settings', { name: 'confirm_signers', type: boolean });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }

  private async add(runner: QueryRunner, table: string, column: { name: string; type: string; length?: string }): Promise<void> {
    if (!(await runner.hasColumn(table, column.name))) await runner.addColumn(table, new TableColumn({ ...column, isNullable: true }));
  }
}
