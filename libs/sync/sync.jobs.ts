import type { JobType } from '#libs/platform/jobs/job-type.js';

const forEver = { lane: 'quick', maxAttempts: Infinity, backoffMs: 1_000, backoffCapMs: 300_000 } as const;

/** Push to one peer what it has not acknowledged (MESH §4). Keyed by the peer's iss. */
export const NotifyPeer: JobType<{ iss: string }> = { name: 'sync.notify-peer', ...forEver, lane: 'peer' };

/** Read one peer's feed to its end: what a push lost, a pull finds. Keyed by the peer's iss. */
export const PullPeer: JobType<{ iss: string }> = { name: 'sync.pull-peer', ...forEver, lane: 'peer' };

/** A firewalled server keeps a call open to each peer, so that news arrives at once (MESH §7). Keyed by the peer's iss. */
export const ListenToPeer: JobType<{ iss: string }> = { name: 'sync.listen-to-peer', ...forEver, lane: 'listen', backoffCapMs: 60_000 };

/** A firewalled server gives a peer a content that the peer cannot fetch (MESH §7). Keyed by both. */
export const PushContent: JobType<{ iss: string; uuid: string }> = {
  name: 'sync.push-content',
  ...forEver,
  lane: 'peer',
  maxAttempts: 20,
};

/** Looks again at refused writes that time or another message may have made acceptable. */
export const ReviewRefusedWrites: JobType<Record<string, never>> = { name: 'sync.review-refused-writes', ...forEver, everyMs: 180_000 };

/** Anti-entropy on a timer (RECONCILE_SECONDS, jittered) and at start (MESH §4). */
export const ReconcilePeers: JobType<Record<string, never>> = {
  name: 'sync.reconcile-peers',
  ...forEver,
  everyMs: 180_000,
};

/** Compares catalogs with each peer, and repairs what has differed for REPAIR_SECONDS (MESH §13). */
export const RepairPeers: JobType<Record<string, never>> = { name: 'sync.repair-peers', ...forEver, everyMs: 60_000 };
