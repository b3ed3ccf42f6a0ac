import type { Peer } from '#libs/entities/peer.entity.js';

/** `unknown`: it cannot be called, and it has not called for a while. */
export const peerStatuses = ['connected', 'unreachable', 'paused', 'unknown'] as const;
export type PeerStatus = (typeof peerStatuses)[number];

/** A registered server as an administrator is shown it. */
export interface PeerState {
  readonly peer: Peer;
  readonly status: PeerStatus;
  /** The newest number of this server's own changes: what lag is measured against. */
  readonly newestSeq: number;
  /** Changes of this server that the peer has refused and that are still in force here. */
  readonly rejected: number;
}

/** A firewalled server that lives asks for its peers' records every quarter of an hour, and for their news more often. */
const SILENT_MS = 20 * 60_000;

export function statusOf({ paused, unreachableSinceMs, firewalledMode, lastSeenMs }: Peer, now: number): PeerStatus {
  if (paused) return 'paused';
  if (unreachableSinceMs !== null) return 'unreachable';
  const isSilent = firewalledMode && (lastSeenMs === null || now - lastSeenMs > SILENT_MS);
  return isSilent ? 'unknown' : 'connected';
}
