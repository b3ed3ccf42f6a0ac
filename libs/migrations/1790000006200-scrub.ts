import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** When each content was last read from disk and found right. */
export class Scrub1790000006200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('content', 'verified_ms')) return;
    await runner.addColumn('content', new TableColumn({ name: 'verified_ms', type: 'bigint', isNullable: true }));
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
