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

/** The database gave way to another transaction: nothing of this one is left, and it can be run again. */
export const isConflict = (error: unknown): boolean => conflicts.has(codeOf((error ?? {}) as DriverError));

/** The connection broke. What was not committed is gone; whether a COMMIT that was under way counted is not known. */
export function isConnectionLoss(error: unknown): boolean {
  const { message = '' } = (error ?? {}) as DriverError;
  const code = codeOf((error ?? {}) as DriverError);
  return losses.has(code) || /^08\w{3}$/.test(code) || lossMessages.test(message);
}
