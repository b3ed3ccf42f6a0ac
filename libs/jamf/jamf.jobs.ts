import type { JobType } from '#libs/platform/jobs/job-type.js';

const forEver = { maxAttempts: Infinity, backoffMs: 60_000, backoffCapMs: 3_600_000 } as const;

/** Compares packages with their records in Jamf Pro, and writes those that differ when the settings say so. */
export const CompareWithJamf: JobType<Record<string, never>> = { name: 'jamf.compare', lane: 'peer', ...forEver, everyMs: 3_600_000 };
/** The key of work that repeats. */
export const COMPARE_KEY = 'periodic';

/** Computes the hashes that records wait for. Keyed `all`. */
export const ComputeDigests: JobType<Record<string, never>> = { name: 'jamf.compute-digests', lane: 'transfer', ...forEver };

/** Compares servers with their distribution points, writes those that differ when the settings say so, and reads network segments. */
export const ComparePoints: JobType<Record<string, never>> = { name: 'jamf.compare-points', lane: 'peer', ...forEver, everyMs: 3_600_000 };

/** Looks whether Jamf Pro answers and which of the connected servers keeps it in step, as often as JAMF_LEADER_SECONDS says. */
export const LookForLeader: JobType<Record<string, never>> = { name: 'jamf.look-for-leader', lane: 'peer', ...forEver, everyMs: 240_000 };

/** Downloads packages by their distribution points as a computer would, a few at a time. */
export const CheckAsClient: JobType<Record<string, never>> = { name: 'jamf.check', lane: 'peer', ...forEver, everyMs: 900_000 };
