import { type DataSource, MssqlParameter } from 'typeorm';

/** Texts are compared unit by unit, as the other databases do: no case, no accent, no language. */
const COLLATION = 'COLLATE Latin1_General_100_BIN2';
/** Characters (UTF-16 units) of the longest NVARCHAR that has a length. */
const LONGEST = 4_000;

/** `text` and `varchar` of SQL Server know no Unicode, and `boolean` it does not know. */
const types = new Map<unknown, string>([
  ['varchar', 'nvarchar'],
  ['text', 'nvarchar'],
  ['simple-json', 'nvarchar'],
  ['boolean', 'bit'],
  [Buffer, 'varbinary'],
]);

interface Typed {
  readonly type?: unknown;
  readonly length?: number | string;
}

/** What TypeORM's driver asks itself about columns. */
interface Driver {
  readonly mssql: { readonly MAX: number };
  normalizeType(column: Typed): string;
  getColumnLength(column: Typed): string;
  createFullType(column: Typed): string;
  parametrizeValue(column: Typed, value: unknown): MssqlParameter;
}

const declared = (value: unknown, type: string, length: number): MssqlParameter => new MssqlParameter(value, type as 'nvarchar', length);

/**
 * SQL Server's words for the column types of entities and migrations. A text or bytes without a length may have any. Parameters are declared
 * by the kind of their column and not by its length: a value that is too long has to be refused, and would be cut.
 */
export function useMssqlTypes(dataSource: DataSource): void {
  const driver = dataSource.driver as unknown as Driver;
  const normalize = driver.normalizeType.bind(driver);
  const parametrize = driver.parametrizeValue.bind(driver);
  const typeOf = (column: Typed): string => types.get(column.type) ?? normalize(column);
  const lengthOf = (column: Typed): string => {
    if (column.length) return String(column.length).toUpperCase();
    return /^(nvarchar|varbinary)$/.test(typeOf(column)) ? 'MAX' : '';
  };
  driver.normalizeType = typeOf;
  driver.getColumnLength = lengthOf;
  driver.createFullType = (column) => {
    const [type, length] = [typeOf(column), lengthOf(column)];
    const full = length === '' ? type : `${type}(${length})`;
    return type === 'nvarchar' ? `${full} ${COLLATION}` : full;
  };
  driver.parametrizeValue = (column, value) => {
    const type = typeOf(column);
    const isLong = type === 'varbinary' || (typeof value === 'string' && value.length > LONGEST);
    if (value instanceof MssqlParameter) return value;
    if (type !== 'nvarchar' && type !== 'varbinary') return parametrize(column, value);
    return declared(value, type, isLong ? driver.mssql.MAX : LONGEST);
  };
}
