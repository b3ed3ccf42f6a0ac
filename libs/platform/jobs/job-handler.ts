import type { JobType } from './job-type.js';

export interface JobContext {
  readonly jobId: string;
  /** 1 on the first run. */
  readonly attempt: number;
  /** Aborted when the process stops or the lease was lost: stop soon, throw JobInterrupted. */
  readonly signal: AbortSignal;
}

/**
 * Does one kind of work. May be run twice for one row (a lease can end while its holder lives), so it
 * re-reads the state it acts on and is safe to repeat.
 */
export abstract class JobHandler<Payload = never> {
  abstract readonly type: JobType<Payload>;
  abstract run(payload: Payload, context: JobContext): Promise<void>;
}
