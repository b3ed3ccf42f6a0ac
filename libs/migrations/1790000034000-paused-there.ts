import { type MigrationInterface, type QueryRunner, TableColumn, TableIndex } from 'typeorm';

const INDEX = 'ix_package_version_uuid';

/** Since when a peer takes nothing, because this server is paused there; and whether a content is listed as a version. */
export class PausedThere1790000034000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('peer', 'paused_there_ms')))
      await runner.addColumn('peer', new TableColumn({ name: 'paused_there_ms', type: 'bigint', isNullable: true }));
    const versions = await runner.getTable('package_version');
    if (versions?.indices.some(({ name }) => name === INDEX)) return;
    await runner.createIndex('package_version', new TableIndex({ name: INDEX, columnNames: ['uuid'] }));
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
