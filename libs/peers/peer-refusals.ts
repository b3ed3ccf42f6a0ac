import { Injectable, Logger } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { shownText } from '#libs/replication/plain-text.js';
import { PeerRepository } from './peer.repository.js';

type Refused = Pick<Peer, 'iss' | 'name'>;

/** However much a peer sends, this long passes between two events about it, in milliseconds. */
const EVENT_SPACING_MS = 10_000;
/** The same reason is no news for this long: a feed that was refused is read again and again. Milliseconds. */
const SAME_REASON_MS = 3_600_000;
const REASON_LENGTH = 500;

/** Makes known which peer sent something that was refused, and why: at the peer itself, as an event and in the audit trail. */
@Injectable()
export class PeerRefusals {
  private readonly logger = new Logger(PeerRefusals.name);
  /** The last event about each peer, of this process. */
  private readonly recorded = new Map<string, { reason: string; atMs: number }>();

  constructor(
    private readonly peers: PeerRepository,
    private readonly db: Database,
    private readonly events: DomainEvents,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  async note({ iss, name }: Refused, reasons: readonly string[]): Promise<void> {
    const [first] = reasons;
    if (first === undefined) return;
    const reason = shownText(first.slice(0, REASON_LENGTH)); // it may quote what was sent
    const now = this.clock.now();
    await this.db.transaction(async () => {
      await this.peers.setRefusal(iss, reason, now);
      if (!this.isNews(iss, reason, now)) return;
      const details = { iss, refused: reasons.length, reason };
      await this.audit.record({ action: 'peer.entry_refused', subject: name, details });
      await this.events.record('peer.entry_refused', { name, ...details });
      this.db.afterCommit(() => {
        this.recorded.set(iss, { reason, atMs: now });
        this.logger.warn(`${name} sent ${reasons.length} items that were refused: ${reason}`);
      });
    });
  }

  private isNews(iss: string, reason: string, now: number): boolean {
    const last = this.recorded.get(iss);
    return !last || now - last.atMs > (last.reason === reason ? SAME_REASON_MS : EVENT_SPACING_MS);
  }
}
