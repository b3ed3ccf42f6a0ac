import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** Contents that were verified by their root alone, and those whose author gave a false SHA-256. */
export class ContentChecks1790000013100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const boolean = runner.dataSource.driver.normalizeType({ type: 'boolean' });
    const columns = [
      new TableColumn({ name: 'digests_unverified', type: boolean, isNullable: true }),
      new TableColumn({ name: 'refusal', type: 'varchar', length: '300', isNullable: true }),
    ];
    for (const column of columns) if (!(await runner.hasColumn('content', column.name))) await runner.addColumn('content', column);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
