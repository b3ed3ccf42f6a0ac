import type { JobType } from '#libs/platform/jobs/job-type.js';

const forEver = { lane: 'quick', maxAttempts: Infinity, backoffMs: 1_000, backoffCapMs: 300_000 } as const;

/** Tell one peer what it has not acknowledged (MESH §4). Keyed by the peer's iss. */
export const NotifyPeer: JobType<{ iss: string }> = { name: 'sync.notify-peer', ...forEver };

/** Read one peer's feed to its end: what a push lost, a pull finds. Keyed by the peer's iss. */
export const PullPeer: JobType<{ iss: string }> = { name: 'sync.pull-peer', ...forEver };

/** A firewalled server keeps a call open to each peer, so that news arrives at once (MESH §7). Keyed by the peer's iss. */
export const ListenToPeer: JobType<{ iss: string }> = { name: 'sync.listen-to-peer', ...forEver, lane: 'listen', backoffCapMs: 60_000 };

/** A firewalled server gives a peer a content that the peer cannot fetch (MESH §7). Keyed by both. */
export const PushContent: JobType<{ iss: string; uuid: string }> = {
  name: 'sync.push-content',
  ...forEver,
  lane: 'transfer',
  maxAttempts: 20,
};

/** Anti-entropy on a timer (RECONCILE_SECONDS, jittered) and at start (MESH §4). */
export const ReconcilePeers: JobType<Record<string, never>> = {
  name: 'sync.reconcile-peers',
  ...forEver,
  everyMs: 180_000,
};
