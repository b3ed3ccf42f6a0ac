import type { JobType } from '#libs/platform/jobs/job-type.js';

const forEver = { lane: 'quick', maxAttempts: Infinity, backoffMs: 1_000, backoffCapMs: 60_000 } as const;

/** There are events that were not delivered to webhooks and mail yet. One row stands for all. */
export const EventsHappened: JobType<Record<string, never>> = { name: 'events.happened', ...forEver };

/** Forgets events after EVENT_RETENTION_DAYS. */
export const PurgeEvents: JobType<Record<string, never>> = { name: 'events.purge', ...forEver, everyMs: 3_600_000 };
