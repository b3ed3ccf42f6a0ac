import type { JobType } from '#libs/platform/jobs/job-type.js';

const forEver = { lane: 'quick', maxAttempts: Infinity, backoffMs: 1_000, backoffCapMs: 300_000 } as const;

/** This server's own record has changed: peers should know. */
export const ServerChanged: JobType<Record<string, never>> = { name: 'about.server-changed', ...forEver };

/** This server admits other packages than before (MESH §5). */
export const ServerStageChanged: JobType<Record<string, never>> = { name: 'about.stage-changed', ...forEver };
