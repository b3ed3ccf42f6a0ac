import type { Cause } from '../tracing/spans.js';
import type { JobLane } from './job-type.js';

/** "Look at this row", and of what trace that is a part: all that travels over a queue. */
export interface JobOffer {
  readonly id: string;
  readonly lane: JobLane;
  /** The row's due time: tells a new offer of a row from a repeated one. */
  readonly dueMs: number;
  readonly cause?: Cause | undefined;
}

export type RunOffer = (id: string, cause?: Cause) => Promise<void>;

/**
 * Tells some process, soon, to run a job. The `job` table holds the work and its retries, so a queue
 * may lose or repeat an offer without harm.
 */
export abstract class JobQueue {
  /** Best effort: never throws, never waits. */
  abstract add(offer: JobOffer): void;
  abstract consume(run: RunOffer, concurrency: Readonly<Record<JobLane, number>>): void;
  /** How many offers of a lane nobody has taken yet; 0 when that cannot be said. Never throws. */
  abstract waiting(lane: JobLane): Promise<number>;
  /** Takes nothing more; resolves when what runs has ended. */
  abstract stopConsuming(): Promise<void>;
  /** Lets go of connections. */
  abstract close(): Promise<void>;
  /** Null when offers travel, else why they do not. */
  abstract fault(): Promise<string | null>;
}
