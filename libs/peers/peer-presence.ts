import { Injectable, Logger } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import type { EventType } from '#libs/events/event-types.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PeerCircuits } from './client/peer-circuits.js';
import { PeerRepository } from './peer.repository.js';
import { PeerNews } from './peers.jobs.js';

type Known = Pick<Peer, 'iss' | 'name' | 'lastSeenMs' | 'unreachableSinceMs'>;

/** Seen again within this time is not worth a write, in milliseconds. */
const WORTH_WRITING_MS = 10_000;
const ERROR_LENGTH = 500;

/** Calls also go to servers that are not registered: of those nothing is written down. */
const isKnown = (callee: Partial<Known>): callee is Known =>
  callee.name !== undefined && callee.lastSeenMs !== undefined && callee.unreachableSinceMs !== undefined;

/** Knows which peers can be called and which cannot, since when and why. */
@Injectable()
export class PeerPresence {
  private readonly logger = new Logger(PeerPresence.name);

  constructor(
    private readonly peers: PeerRepository,
    private readonly db: Database,
    private readonly events: DomainEvents,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly circuits: PeerCircuits,
  ) {}

  /** A peer answered a call. One that was away is asked at once for what was missed (MESH §4). */
  async answered(peer: Partial<Known>): Promise<void> {
    if (!isKnown(peer)) return;
    const isBack = peer.unreachableSinceMs !== null;
    if (!isBack && this.wasJustSeen(peer)) return;
    if (!(await this.recordChange('peer.reachable', peer, {}, () => this.peers.markReachable(peer.iss, this.clock.now())))) return;
    this.logger.log(`${peer.name} is reachable again.`);
    await this.jobs.add(PeerNews, { iss: peer.iss }, { key: peer.iss, now: true });
  }

  /** A peer has signed an answer: from now on it must. */
  async signs(iss: string): Promise<void> {
    await this.peers.setSigns(iss, this.clock.now());
  }

  /** A peer called. That does not prove that it can be called, but it is worth a try when it could not. */
  async called(peer: Known): Promise<void> {
    this.circuits.heard(peer.iss);
    if (this.wasJustSeen(peer)) return;
    await this.peers.markSeen(peer.iss, this.clock.now());
    if (peer.unreachableSinceMs !== null) await this.jobs.add(PeerNews, { iss: peer.iss }, { key: peer.iss, now: true });
  }

  /** A peer did not answer, or not as it should. */
  async failed(peer: Partial<Known>, reason: string): Promise<void> {
    if (!isKnown(peer)) return;
    const why = reason.slice(0, ERROR_LENGTH);
    const markUnreachable = () => this.peers.markUnreachable(peer.iss, this.clock.now(), why);
    if (await this.recordChange('peer.unreachable', peer, { reason: why }, markUnreachable))
      this.logger.warn(`${peer.name} is unreachable: ${why}`);
  }

  /** Several calls may find the same at the same time: the one that changes the row records it. */
  private recordChange(type: EventType, { iss, name }: Known, more: object, change: () => Promise<boolean>): Promise<boolean> {
    const work = async (): Promise<boolean> => {
      const isNews = await change();
      if (isNews) await this.events.record(type, { iss, name, ...more });
      return isNews;
    };
    return this.db.transaction(work, { canBeLost: true });
  }

  private wasJustSeen({ lastSeenMs }: Known): boolean {
    return lastSeenMs !== null && Math.abs(this.clock.now() - lastSeenMs) < WORTH_WRITING_MS;
  }
}
