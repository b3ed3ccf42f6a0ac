import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

const nullable = { isNullable: true };

/** Which of the servers that are connected with a Jamf Pro server keeps it in step. */
export class JamfLeader1790000033000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const columns = [
      new TableColumn({ name: 'priority', type: 'integer', default: '100' }),
      new TableColumn({ name: 'ready_ms', type: 'bigint', ...nullable }),
      new TableColumn({ name: 'leads_from_ms', type: 'bigint', ...nullable }),
      new TableColumn({ name: 'looked_ms', type: 'bigint', ...nullable }),
      new TableColumn({ name: 'leader_iss', type: 'varchar', length: '32', ...nullable }),
    ];
    for (const column of columns)
      if (!(await runner.hasColumn('jamf_connection', column.name))) await runner.addColumn('jamf_connection', column);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
