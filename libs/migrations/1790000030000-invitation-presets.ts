import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

/** What a server may publish that registers with an invitation. Those that were made before say nothing of it. */
export class InvitationPresets1790000030000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    if (await runner.hasColumn('invitation', 'preset')) return;
    await runner.addColumn('invitation', new TableColumn({ name: 'preset', type: 'varchar', length: '20', isNullable: true }));
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
