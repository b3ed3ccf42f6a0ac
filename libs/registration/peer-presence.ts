import { Injectable, Logger } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PeerRepository } from './peer.repository.js';
import { PeerNews } from './registration.jobs.js';

/** Seen again within this time is not worth a write, in milliseconds. */
const WORTH_WRITING_MS = 10_000;
const ERROR_LENGTH = 500;

/** Knows which peers answer and which do not, and since when. */
@Injectable()
export class PeerPresence {
  private readonly logger = new Logger(PeerPresence.name);

  constructor(
    private readonly peers: PeerRepository,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** A peer called or answered. One that was away is asked at once for what it has missed (MESH §4). */
  async seen(peer: Pick<Peer, 'iss' | 'name' | 'lastSeenMs' | 'unreachableSinceMs'>): Promise<void> {
    const now = this.clock.now();
    const isBack = peer.unreachableSinceMs !== null;
    if (!isBack && peer.lastSeenMs !== null && now - peer.lastSeenMs < WORTH_WRITING_MS) return;
    await this.peers.markSeen(peer.iss, now);
    if (!isBack) return;
    this.logger.log(`${peer.name} is reachable again.`);
    await this.jobs.add(PeerNews, { iss: peer.iss }, { key: peer.iss, now: true });
  }

  async unreachable(peer: Pick<Peer, 'iss' | 'name' | 'unreachableSinceMs'>, reason: string): Promise<void> {
    if (peer.unreachableSinceMs === null) this.logger.warn(`${peer.name} is unreachable: ${reason}`);
    await this.peers.markUnreachable(peer.iss, this.clock.now(), reason.slice(0, ERROR_LENGTH));
  }
}
