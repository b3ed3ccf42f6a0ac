import type { JobType } from '#libs/platform/jobs/job-type.js';

const forEver = { maxAttempts: Infinity, backoffMs: 1_000, backoffCapMs: 300_000 } as const;

/** The catalog has changed: whoever tells peers should look (MESH §4). One row stands for all changes. */
export const CatalogChanged: JobType<Record<string, never>> = { name: 'packages.catalog-changed', lane: 'quick', ...forEver };

/** Content that this server admits is not on its disk (MESH §6.1). */
export const ContentWanted: JobType<{ uuid: string }> = { name: 'packages.content-wanted', lane: 'transfer', ...forEver };

/** Reads contents on disk again that were not read for SCRUB_DAYS. */
export const ScrubContents: JobType<Record<string, never>> = { name: 'packages.scrub', lane: 'quick', ...forEver, everyMs: 10 * 60_000 };

/** Looks for versions whose retention has ended, and removes their bytes. */
export const RetireContent: JobType<Record<string, never>> = {
  name: 'packages.retire-content',
  lane: 'quick',
  ...forEver,
  everyMs: 10 * 60_000,
};
