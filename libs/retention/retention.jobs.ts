import type { JobType } from '#libs/platform/jobs/job-type.js';

/** Removes old versions by the rules, when an administrator switched that on. */
export const ApplyRetention: JobType<Record<string, never>> = {
  name: 'retention.apply',
  lane: 'quick',
  ...{ maxAttempts: Infinity, backoffMs: 60_000, backoffCapMs: 3_600_000, everyMs: 86_400_000 },
};
