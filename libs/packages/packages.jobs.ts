import type { JobType } from '#libs/platform/jobs/job-type.js';

const forEver = { maxAttempts: Infinity, backoffMs: 1_000, backoffCapMs: 300_000 } as const;

/** The catalog has changed: peers are to be notified (MESH §4). One row stands for all changes. */
export const CatalogChanged: JobType<Record<string, never>> = { name: 'packages.catalog-changed', lane: 'quick', ...forEver };

/** Content that this server admits is not on its disk (MESH §6.1). */
export const ContentWanted: JobType<{ uuid: string }> = { name: 'packages.content-wanted', lane: 'transfer', ...forEver };

/** Signs the entries that this server wrote before it signed. */
export const SignOwnEntries: JobType<Record<string, never>> = { name: 'packages.sign-own-entries', lane: 'quick', ...forEver };

/** Forgets displaced versions after RETENTION_DAYS. */
export const PurgeVersions: JobType<Record<string, never>> = {
  name: 'packages.purge-versions',
  lane: 'quick',
  ...forEver,
  everyMs: 3_600_000,
};

/** Reads contents on disk again that were not read for SCRUB_DAYS. */
export const ScrubContents: JobType<Record<string, never>> = { name: 'packages.scrub', lane: 'quick', ...forEver, everyMs: 10 * 60_000 };

/**
 * Reads contents on disk of which something is not computed here: the root of what an old server wrote, the digests of what came in
 * verified by its root.
 */
export const CheckContents: JobType<Record<string, never>> = {
  name: 'packages.check-contents',
  lane: 'quick',
  ...forEver,
  everyMs: 10 * 60_000,
};

/** Looks for versions whose retention has ended, and removes their bytes. */
export const RetireContent: JobType<Record<string, never>> = {
  name: 'packages.retire-content',
  lane: 'quick',
  ...forEver,
  everyMs: 10 * 60_000,
};
