import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** What this server has promised others to keep, and what it is asking others to keep (docs/mesh.md §5). */
export class ReleasePromises1790000011000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('content', new TableColumn({ name: 'keep_until_ms', type: 'bigint', isNullable: true }));
    await runner.addColumn('content', new TableColumn({ name: 'release_id', type: 'varchar', length: '32', isNullable: true }));
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
