import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { bigint, boolean, createTable, text, varchar } from './schema.js';

const nullable = { isNullable: true };

/** Distribution points and network segments of Jamf Pro. */
export class JamfPoints1790000027000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const no = runner.dataSource.options.type === 'postgres' ? 'false' : '0';
    const columns = [
      new TableColumn({ name: 'manage_points', type: 'boolean', default: no }),
      new TableColumn({ name: 'points_ms', type: 'bigint', ...nullable }),
      new TableColumn({ name: 'points_fault', type: 'varchar', length: '500', ...nullable }),
      new TableColumn({ name: 'networks_ms', type: 'bigint', ...nullable }),
      new TableColumn({ name: 'networks_fault', type: 'varchar', length: '500', ...nullable }),
    ];
    for (const column of columns)
      if (!(await runner.hasColumn('jamf_connection', column.name))) await runner.addColumn('jamf_connection', column);
    await createTable(runner, 'jamf_point', {
      iss: varchar(32, { isPrimary: true }),
      server_name: varchar(100),
      managed: boolean(),
      wanted_name: varchar(255, nullable),
      context: varchar(100),
      jamf_id: varchar(15, nullable),
      point_name: varchar(255, nullable),
      address: varchar(700, nullable),
      state: varchar(16),
      reason: varchar(500),
      base: text(nullable),
      checked_ms: bigint(),
      written_ms: bigint(nullable),
    });
    await createTable(runner, 'jamf_foreign_point', {
      jamf_id: varchar(15, { isPrimary: true }),
      name: varchar(255),
      address: varchar(700),
      principal: boolean(),
    });
    await createTable(runner, 'jamf_network', {
      jamf_id: varchar(15, { isPrimary: true }),
      name: varchar(255),
      starting_address: varchar(45),
      ending_address: varchar(45),
      building: varchar(255, nullable),
      point_name: varchar(255, nullable),
    });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
