import type { JobType } from '#libs/platform/jobs/job-type.js';

/** Inspects, one after the other, the contents on disk that were not inspected, or by an earlier parser. */
export const InspectContents: JobType<Record<string, never>> = {
  name: 'inspection.inspect',
  lane: 'transfer',
  maxAttempts: Infinity,
  backoffMs: 1_000,
  backoffCapMs: 300_000,
  everyMs: 30_000,
};
