import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { bigint, boolean, createTable, integer, serial, text, varchar } from './schema.js';

const nullable = { isNullable: true };

const settings = [
  new TableColumn({ name: 'mode', type: 'varchar', length: '10', default: "'watch'" }),
  new TableColumn({ name: 'hash_type', type: 'varchar', length: '10', default: "'SHA_512'" }),
  new TableColumn({ name: 'gate', type: 'varchar', length: '12', default: "'here'" }),
  new TableColumn({ name: 'compared_ms', type: 'bigint', isNullable: true }),
  new TableColumn({ name: 'failing_since_ms', type: 'bigint', isNullable: true }),
];

/** Package records of Jamf Pro, the rules that they are made by, and the digests that they carry. */
export class JamfRecords1790000022000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const yes = runner.dataSource.options.type === 'postgres' ? 'true' : '1';
    const columns = [...settings, new TableColumn({ name: 'create_missing', type: 'boolean', default: yes })];
    for (const column of columns)
      if (!(await runner.hasColumn('jamf_connection', column.name))) await runner.addColumn('jamf_connection', column);
    await createTable(
      runner,
      'jamf_record',
      {
        id: serial,
        filename: varchar(255),
        filename_key: varchar(510),
        jamf_id: varchar(15, nullable),
        package_name: varchar(255, nullable),
        uuid: varchar(32, nullable),
        state: varchar(16),
        reason: varchar(500),
        hash_type: varchar(20, nullable),
        hash_value: varchar(128, nullable),
        base: text(nullable),
        wanted: text(nullable),
        pinned: text(),
        adopted: boolean(),
        checked_ms: bigint(),
        written_ms: bigint(nullable),
      },
      { uq_jamf_record_filename_key: ['filename_key'], ix_jamf_record_state: ['state'] },
    );
    await createTable(runner, 'jamf_rule', {
      position: integer({ isPrimary: true }),
      include: boolean(),
      stage: varchar(4, nullable),
      filename: varchar(255, nullable),
      title_key: varchar(255, nullable),
      category: varchar(255, nullable),
      priority: integer(),
      name_template: varchar(255),
      info_template: varchar(500, nullable),
    });
    await createTable(runner, 'content_digest', {
      uuid: varchar(32, { isPrimary: true }),
      md5: varchar(32),
      sha512: varchar(128),
      sha3512: varchar(128, nullable),
      computed_ms: bigint(),
    });
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
