import type { JobType } from '#libs/platform/jobs/job-type.js';

const forEver = { lane: 'quick', maxAttempts: Infinity, backoffMs: 1_000, backoffCapMs: 300_000 } as const;

/** Something about this server may have changed: look whether the mesh should hear of it. Keyed `self`. */
export const PublishSummary: JobType<Record<string, never>> = { name: 'network.publish-summary', ...forEver };

/** A server that has nothing new to say still says that it lives. */
export const SummaryDue: JobType<Record<string, never>> = { name: 'network.summary-due', ...forEver, everyMs: 60_000 };

/** Counts the copies of the newest packages anew: a report of another server, or a change here, may be about them. Keyed `self`. */
export const CountNewCopies: JobType<Record<string, never>> = { name: 'network.count-new-copies', ...forEver };

/** Counts the copies of every package in the mesh anew. */
export const CountCopies: JobType<Record<string, never>> = { name: 'network.count-copies', ...forEver, everyMs: 300_000 };
