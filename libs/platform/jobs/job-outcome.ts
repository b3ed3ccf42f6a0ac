import type { Job } from '#libs/entities/job.entity.js';
import { backoffDelay, JobInterrupted, JobPostponed, UnrecoverableJob, type JobType } from './job-type.js';

const ERROR_LENGTH = 2_000;

/** What becomes of a job's row after a run. */
export type Outcome =
  | { readonly state: 'done' }
  | {
      readonly state: 'due' | 'failed';
      readonly dueMs: number;
      readonly attempts: number;
      readonly lastError: string | null;
      /** The same work was asked for during the run: do it at once instead. False where a failure has to be waited out. */
      readonly givesWayToRerun: boolean;
    };

/** A claimed job, its attempts counting the one that runs. */
export type ClaimedJob = Job & { readonly lease: string };

export function afterSuccess(type: JobType<unknown>, now: number): Outcome {
  if (type.everyMs === undefined) return { state: 'done' };
  const dueMs = now + Math.round(type.everyMs * (0.9 + 0.2 * Math.random()));
  return { state: 'due', dueMs, attempts: 0, lastError: null, givesWayToRerun: true };
}

export function afterFailure(job: ClaimedJob, type: JobType<unknown>, error: unknown, now: number): Outcome {
  const { attempts, lastError } = job;
  if (error instanceof JobInterrupted) {
    return { state: 'due', dueMs: now, attempts: attempts - 1, lastError, givesWayToRerun: false };
  }
  if (error instanceof JobPostponed) {
    return { state: 'due', dueMs: now + error.delayMs, attempts: 0, lastError: readable(error), givesWayToRerun: true };
  }
  const isHopeless = error instanceof UnrecoverableJob || attempts >= type.maxAttempts;
  if (isHopeless && type.everyMs === undefined) {
    return { state: 'failed', dueMs: now, attempts, lastError: readable(error), givesWayToRerun: true };
  }
  const dueMs = now + backoffDelay(type as JobType<never>, attempts);
  return { state: 'due', dueMs, attempts, lastError: readable(error), givesWayToRerun: false };
}

/** The message, as far as every database takes it. */
export function readable(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, ERROR_LENGTH).replaceAll('\u0000', '');
}
