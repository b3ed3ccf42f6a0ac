import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** What contents are verified with block by block: the root hash that entries are signed over, and the list it is made of. */
export class ContentRoots1790000013000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const bytes = runner.dataSource.driver.normalizeType({ type: Buffer as never });
    const columns = [
      new TableColumn({ name: 'root_alg', type: 'varchar', length: '8', isNullable: true }),
      new TableColumn({ name: 'root_hash', type: 'varchar', length: '64', isNullable: true }),
      new TableColumn({ name: 'blocks', type: bytes, isNullable: true }),
    ];
    for (const column of columns) if (!(await runner.hasColumn('content', column.name))) await runner.addColumn('content', column);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
