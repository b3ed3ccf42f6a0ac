import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** When the content of a package last changed, as clients compare it: later with each content of a name. */
export class LastModified1790000017000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (!(await runner.hasColumn('package', 'last_modified_ms')))
      await runner.addColumn('package', new TableColumn({ name: 'last_modified_ms', type: 'bigint', default: 0 }));
    await runner.query('UPDATE package SET last_modified_ms = created_ms WHERE last_modified_ms = 0');
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
