import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';

const INDEX = 'ix_package_space';

/** What is served of a space is asked with each catalog that a Munki client reads. */
export class PackageSpaces1790000031000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const packages = await runner.getTable('package');
    if (packages?.indices.some(({ name }) => name === INDEX)) return;
    await runner.createIndex('package', new TableIndex({ name: INDEX, columnNames: ['space', 'seq', 'served_uuid'] }));
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
