import { type MigrationInterface, type QueryRunner, TableColumn, type TableColumnOptions } from 'typeorm';

const column = (name: string, options: Partial<TableColumnOptions>): TableColumn =>
  new TableColumn({ name, type: 'varchar', ...options } as TableColumnOptions);

const empty = { default: "''" };

/** Stamps as text in the order of time, as libs/replication/stamp.ts writes them. */
const stampOf: Readonly<Record<string, (wallMs: string, counter: string, iss: string) => string>> = {
  sqlite: (wallMs, counter, iss) => `printf('%016d.%07d.%s', ${wallMs}, ${counter}, ${iss})`,
  mysql: (wallMs, counter, iss) => `CONCAT(LPAD(${wallMs}, 16, '0'), '.', LPAD(${counter}, 7, '0'), '.', ${iss})`,
  mssql: (wallMs, counter, iss) =>
    `RIGHT(REPLICATE('0', 16) + CAST(${wallMs} AS varchar(20)), 16) + '.' + RIGHT(REPLICATE('0', 7) + CAST(${counter} AS varchar(20)), 7) + '.' + ${iss}`,
  postgres: (wallMs, counter, iss) =>
    `LPAD(CAST(${wallMs} AS TEXT), 16, '0') || '.' || LPAD(CAST(${counter} AS TEXT), 7, '0') || '.' || ${iss}`,
};

/**
 * Content, stage, notes and deletion of a package are stamped separately (ADR 11). What is there was written as one record: every part
 * has its stamp, and the content of a deleted name the earliest one.
 */
export class Registers1790000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const columns = [
      column('space', { length: '16', ...empty }),
      column('content_stamp', { length: '57', ...empty }),
      column('stage_stamp', { length: '57', ...empty }),
      column('notes_stamp', { length: '57', ...empty }),
      column('deletion_stamp', { length: '57', isNullable: true }),
      column('writes', { type: 'text', isNullable: true }),
    ];
    for (const each of columns) if (!(await runner.hasColumn('package', each.name))) await runner.addColumn('package', each);
    const kinds = { postgres: 'postgres', mssql: 'mssql', 'better-sqlite3': 'sqlite' };
    const kind = kinds[runner.dataSource.options.type as keyof typeof kinds] ?? 'mysql';
    const isDeleted = kind === 'sqlite' || kind === 'mssql' ? 'deleted = 1' : 'deleted';
    const stamp = stampOf[kind]!('stamp_wall_ms', 'stamp_counter', 'stamp_iss');
    await runner.query(`
      UPDATE package SET stage_stamp = ${stamp}, notes_stamp = ${stamp},
        content_stamp = CASE WHEN ${isDeleted} THEN ${stampOf[kind]!('0', '0', 'origin_iss')} ELSE ${stamp} END,
        deletion_stamp = CASE WHEN ${isDeleted} THEN ${stamp} ELSE NULL END
      WHERE content_stamp = ''`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only; restore the backup that was made before the upgrade.');
  }
}
