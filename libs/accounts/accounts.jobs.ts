import type { JobType } from '#libs/platform/jobs/job-type.js';

const HOUR = 3_600_000;

/** Removes sign-ins and counted attempts whose time is over. */
export const PurgeExpired: JobType<Record<string, never>> = {
  name: 'accounts.purge-expired',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 10_000,
  backoffCapMs: HOUR,
  everyMs: HOUR,
};
