import { Column, type ColumnOptions, type ColumnType } from 'typeorm';

/** MySQL and PostgreSQL answer BIGINT as text; every number we store fits a double exactly. */
const int53 = {
  to: (value?: number | null) => value,
  from: (value: string | number | null | undefined) => (value == null ? value : Number(value)),
};

/** A whole number up to 2^53: sizes in bytes, times in epoch milliseconds, sequence numbers. */
export const BigIntColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ ...options, type: 'bigint', transformer: int53 });

/** Raw bytes up to 16 MiB: BLOB, MEDIUMBLOB or BYTEA, as data-source.ts maps `Buffer`. */
export const BytesColumn = (options: ColumnOptions = {}): PropertyDecorator =>
  Column({ ...options, type: Buffer as unknown as ColumnType });

/** A 32 digit lower case hexadecimal identifier (iss, uuid, epoch). */
export const HexIdColumn = (options: ColumnOptions = {}): PropertyDecorator => Column({ ...options, type: 'varchar', length: 32 });
