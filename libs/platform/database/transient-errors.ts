/** MySQL: deadlock, lock wait timeout, changed since it was read; PostgreSQL: serialization failure, deadlock; SQL Server: the same four. */
const conflicts = new Set([
  ...['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'],
  ...['40001', '40P01'],
  ...['MSSQL_1205', 'MSSQL_1222', 'MSSQL_3960', 'MSSQL_3961'],
]);

/** The server went away, is going, or is not back yet. */
const losses = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND', // a container's name goes with the container
  'EAI_AGAIN',
  '57P01',
  '57P02',
  '57P03',
  // The driver of SQL Server, then the server: a session or the server is ended, a database changes its place.
  ...['ESOCKET', 'ETIMEOUT', 'EINSTLOOKUP', 'ECONNCLOSED', 'ENOTOPEN', 'ENOCONN', 'EINVALIDSTATE'],
  ...['MSSQL_596', 'MSSQL_6005', 'MSSQL_983', 'MSSQL_976', 'MSSQL_40197', 'MSSQL_40501', 'MSSQL_40613'],
]);
/** The drivers give these no code. */
const lossMessages =
  /^(?:Connection terminated|Client (?:has encountered a connection error|was closed) and is not queryable|Can't add new command when connection is in closed state)/;

interface Coded {
  readonly code?: string;
  /** SQL Server numbers its errors, and its driver gives them all one code. */
  readonly number?: number;
}

interface DriverError extends Coded {
  readonly message?: string;
  readonly driverError?: Coded;
}

/** What the database or its driver calls an error: `ER_DUP_ENTRY`, `23505`, `SQLITE_FULL`, `MSSQL_2627`; empty when it has no name. */
export function databaseCode(error: unknown): string {
  const { driverError, ...outer } = (error ?? {}) as DriverError;
  const { code, number } = driverError ?? outer;
  return code === 'EREQUEST' && number !== undefined ? `MSSQL_${number}` : (code ?? (error as Coded | null)?.code ?? '');
}

/**
 * MySQL and SQLite name what is wrong with a value; PostgreSQL has classes 22 (data exception) and 23 (constraint). SQL Server: no conversion
 * (245, 8114), NULL (515), a constraint (547), a key twice (2601, 2627), too long (2628, 8152; 1946 for an index), out of range (220, 8115).
 */
const dataFaults =
  /^(?:2[23]\w{3}|ER_(?:DATA_TOO_LONG|TRUNCATED_WRONG_VALUE\w*|WARN_DATA_OUT_OF_RANGE|DUP_ENTRY|INVALID_CHARACTER_STRING)|SQLITE_(?:CONSTRAINT\w*|MISMATCH|TOOBIG|RANGE)|MSSQL_(?:220|245|515|547|1946|2601|2627|2628|8114|8115|8152))$/;

/** The database does not take a value of the statement: running it again changes nothing. */
export const isDataRefused = (error: unknown): boolean => dataFaults.test(databaseCode(error));

/** SQL Server has that key already. Its statement is undone, and the transaction around it goes on. */
export const isDuplicateKey = (error: unknown): boolean => /^MSSQL_26(?:01|27)$/.test(databaseCode(error));

/** The database gave way to another transaction: nothing of this one is left, and it can be run again. */
export const isConflict = (error: unknown): boolean => conflicts.has(databaseCode(error));

/** The connection broke. What was not committed is gone; whether a COMMIT that was under way counted is not known. */
export function isConnectionLoss(error: unknown): boolean {
  const { message = '' } = (error ?? {}) as DriverError;
  const code = databaseCode(error);
  return losses.has(code) || /^08\w{3}$/.test(code) || lossMessages.test(message);
}

/** The file is not, or not any more, what SQLite wrote. */
export const isCorruption = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(databaseCode(error));

/** No room for the database, or for what SQLite needs beside it to open it. */
export const isNoRoom = (error: unknown): boolean =>
  /^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|SQLITE_IOERR_SHMOPEN|SQLITE_IOERR_WRITE|SQLITE_IOERR_TRUNCATE|ENOSPC|EDQUOT)$/.test(
    databaseCode(error),
  );
