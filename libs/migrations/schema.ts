import { Table, type QueryRunner, type TableColumnOptions, type TableIndexOptions } from 'typeorm';

type Options = Partial<TableColumnOptions>;
type Column = (runner: QueryRunner) => Options;

const ofType =
  (type: unknown, options: Options = {}): ((more?: Options) => Column) =>
  (more = {}) =>
  (runner) => {
    const { driver } = runner.dataSource;
    return { type: driver.normalizeType({ type: type as never, length: options.length }), ...options, ...more };
  };

/** Column kinds, named for what they hold; each database driver names the type. */
export const integer = ofType('integer');
export const bigint = ofType('bigint');
export const boolean = ofType('boolean');
export const text = ofType('text');
export const bytes = ofType(Buffer);
export const varchar = (length: number, more: Options = {}): Column => ofType('varchar', { length: String(length) })(more);
export const serial = integer({ isPrimary: true, isGenerated: true, generationStrategy: 'increment' });

/**
 * Creates a table, unless it is there already: MySQL commits each statement separately, so a migration that was killed
 * is run again from its beginning. Indexes are written `name: [columns]`; a name that starts with `uq_` is unique. */
export async function createTable(
  runner: QueryRunner,
  name: string,
  columns: Record<string, Column>,
  indexes: Record<string, string[]> = {},
): Promise<void> {
  const made = Object.entries(columns).map(([column, kind]) => ({ name: column, ...kind(runner) }) as TableColumnOptions);
  const indices = Object.entries(indexes).map(([index, columnNames]): TableIndexOptions => {
    const isUnique = index.startsWith('uq_');
    const absent = made.filter((column) => column.isNullable && columnNames.includes(column.name)).map((column) => column.name);
    return { name: index, columnNames, isUnique, where: isUnique ? present(runner, absent) : undefined };
  });
  await runner.createTable(new Table({ name, columns: made, indices }), true);
}

/** A unique index of SQL Server would take NULL once: those rows are left out of it. Elsewhere, and without such columns, it has all rows. */
export const present = ({ dataSource }: QueryRunner, nullable: readonly string[]): string | undefined =>
  dataSource.options.type === 'mssql' && nullable.length > 0 ? nullable.map((name) => `"${name}" IS NOT NULL`).join(' AND ') : undefined;
