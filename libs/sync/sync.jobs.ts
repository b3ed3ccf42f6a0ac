import type { JobType } from '#libs/platform/jobs/job-type.js';

const forEver = { lane: 'quick', maxAttempts: Infinity, backoffMs: 1_000, backoffCapMs: 300_000 } as const;

/** Tell one peer what it has not acknowledged (MESH §4). Keyed by the peer's iss. */
export const NotifyPeer: JobType<{ iss: string }> = { name: 'sync.notify-peer', ...forEver };

/** Read one peer's feed to its end: what a push lost, a pull finds. Keyed by the peer's iss. */
export const PullPeer: JobType<{ iss: string }> = { name: 'sync.pull-peer', ...forEver };

/** Anti-entropy on a timer (RECONCILE_SECONDS, jittered) and at start (MESH §4). */
export const ReconcilePeers: JobType<Record<string, never>> = {
  name: 'sync.reconcile-peers',
  ...forEver,
  everyMs: 180_000,
};
