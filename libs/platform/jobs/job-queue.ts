import type { TraceContext } from '../tracing/spans.js';
import type { JobLane } from './job-type.js';

/** The id of a job row, and the trace it belongs to: all that travels over a queue. */
export interface JobOffer {
  readonly id: string;
  readonly lane: JobLane;
  /** The row's due time: distinguishes a new offer of a row from a repeated one. */
  readonly dueMs: number;
  readonly context?: TraceContext | undefined;
}

export type RunOffer = (id: string, context?: TraceContext) => Promise<void>;

/**
 * Makes one of the processes run a job soon. The `job` table holds the work and its retries, so a queue
 * may lose or repeat an offer without harm.
 */
export abstract class JobQueue {
  /** Best effort: never throws, never waits. */
  abstract add(offer: JobOffer): void;
  abstract consume(run: RunOffer, concurrency: Readonly<Record<JobLane, number>>): void;
  /** How many offers of a lane are not claimed yet; 0 when that is unknown. Never throws. */
  abstract waiting(lane: JobLane): Promise<number>;
  /** Takes nothing more; resolves when what runs has ended. */
  abstract stopConsuming(): Promise<void>;
  /** Lets go of connections. */
  abstract close(): Promise<void>;
  /** Null when offers travel, else why they do not. */
  abstract fault(): Promise<string | null>;
  /** When the connection broke, in epoch milliseconds; null while there is one, or none is needed. */
  abstract get brokenSinceMs(): number | null;
}
