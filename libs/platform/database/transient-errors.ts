/** MySQL: deadlock, lock wait timeout, changed since it was read; PostgreSQL: serialization failure, deadlock. */
const conflicts = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', '40001', '40P01']);

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
]);
/** The drivers give these no code. */
const lossMessages =
  /^(?:Connection terminated|Client (?:has encountered a connection error|was closed) and is not queryable|Can't add new command when connection is in closed state)/;

interface DriverError {
  readonly code?: string;
  readonly message?: string;
  readonly driverError?: { readonly code?: string };
}

const codeOf = ({ code, driverError }: DriverError): string => driverError?.code ?? code ?? '';

/** MySQL and SQLite name what is wrong with a value; PostgreSQL has classes 22 (data exception) and 23 (constraint). */
const dataFaults =
  /^(?:2[23]\w{3}|ER_(?:DATA_TOO_LONG|TRUNCATED_WRONG_VALUE\w*|WARN_DATA_OUT_OF_RANGE|DUP_ENTRY|INVALID_CHARACTER_STRING)|SQLITE_(?:CONSTRAINT\w*|MISMATCH|TOOBIG|RANGE))$/;

/** The database does not take a value of the statement: running it again changes nothing. */
export const isDataRefused = (error: unknown): boolean => dataFaults.test(codeOf((error ?? {}) as DriverError));

/** The database gave way to another transaction: nothing of this one is left, and it can be run again. */
export const isConflict = (error: unknown): boolean => conflicts.has(codeOf((error ?? {}) as DriverError));

/** The connection broke. What was not committed is gone; whether a COMMIT that was under way counted is not known. */
export function isConnectionLoss(error: unknown): boolean {
  const { message = '' } = (error ?? {}) as DriverError;
  const code = codeOf((error ?? {}) as DriverError);
  return losses.has(code) || /^08\w{3}$/.test(code) || lossMessages.test(message);
}

/** The file is not, or not any more, what SQLite wrote. */
export const isCorruption = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf((error ?? {}) as DriverError));

/** No room for the database, or for what SQLite needs beside it to open it. */
export const isNoRoom = (error: unknown): boolean =>
  /^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|SQLITE_IOERR_SHMOPEN|SQLITE_IOERR_WRITE|SQLITE_IOERR_TRUNCATE|ENOSPC|EDQUOT)$/.test(
    codeOf((error ?? {}) as DriverError),
  );
