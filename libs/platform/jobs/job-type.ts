/**
 * Quick jobs never wait behind transfers, nor either behind calls to other servers (`peer`) or calls that are held open (`listen`): each
 * lane has its own concurrency.
 */
export type JobLane = 'quick' | 'transfer' | 'peer' | 'listen';
export const jobLanes: readonly JobLane[] = ['quick', 'transfer', 'peer', 'listen'];

/** A kind of work with its payload and its retry policy, owned by whoever asks for the work. */
export interface JobType<Payload> {
  readonly name: string;
  readonly lane: JobLane;
  /** Attempts before the row is kept as `failed`; Infinity retries for ever. */
  readonly maxAttempts: number;
  /** Wait before the second attempt, in milliseconds; doubles with each further one, full jitter. */
  readonly backoffMs: number;
  /** Longest wait between attempts, in milliseconds. */
  readonly backoffCapMs: number;
  /** When set the work repeats: its row is never deleted, only moved on by this many milliseconds (jittered by 10 %). */
  readonly everyMs?: number;
  /** Ties the payload type to the value; never set. */
  readonly payload?: Payload;
}

/** Thrown by a handler when trying again is useless: the row is kept as `failed` at once. */
export class UnrecoverableJob extends Error {
  override readonly name = 'UnrecoverableJob';
}

/** Thrown by a handler that stopped because its signal was aborted: the job is released and no attempt is counted. */
export class JobInterrupted extends Error {
  override readonly name = 'JobInterrupted';
}

/** Thrown by a handler that knows when to run again: not a failure, attempts start over. */
export class JobPostponed extends Error {
  override readonly name = 'JobPostponed';
  constructor(
    readonly delayMs: number,
    reason: string,
  ) {
    super(reason);
  }
}

/** The wait before attempt `attempts + 1`, in milliseconds: exponential with full jitter. */
export function backoffDelay(type: JobType<never>, attempts: number, random: () => number = Math.random): number {
  const ceiling = Math.min(type.backoffCapMs, type.backoffMs * 2 ** Math.max(0, attempts - 1));
  return Math.ceil(random() * ceiling);
}
