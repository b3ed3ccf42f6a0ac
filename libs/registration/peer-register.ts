import { Injectable } from '@nestjs/common';
import type { Identity } from '#libs/about/server-identity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { type PeerLimits, type PeerRecord, PeerRepository } from './peer.repository.js';
import { PeerUnknown, RegistrationImpossible } from './registration.errors.js';
import { PeerNews } from './registration.jobs.js';

/** Who is registered: every entry, change and removal is written down with its audit event, and followed by an exchange of catalogs. */
@Injectable()
export class PeerRegister {
  constructor(
    private readonly peers: PeerRepository,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    private readonly events: DomainEvents,
    private readonly clock: Clock,
  ) {}

  /** Throws RegistrationImpossible when the two could never talk. */
  checkModes(self: Identity, other: PeerRecord): void {
    if (!self.firewalledMode || !other.firewalledMode) return;
    throw new RegistrationImpossible(
      'Both servers are in firewalled mode, so neither can call the other. Register each with a server that can be reached.',
    );
  }

  /** Called with a valid registration key only: that is what may replace the public key of a server. */
  enter(record: PeerRecord, { delayMs = 0 } = {}): Promise<Peer> {
    return this.db.transaction(async () => {
      const before = await this.peers.findByIss(record.iss);
      const peer = await this.peers.save(record, this.clock.now());
      const details = { iss: record.iss, url: record.url, key_changed: before !== null && before.publicKey !== record.publicKey };
      await this.audit.record({ action: 'peer.registered', subject: record.name, details });
      await this.events.record('peer.registered', { iss: record.iss, name: record.name, url: record.url });
      await this.exchangeSoon(record.iss, delayMs);
      return peer;
    });
  }

  /** A registered server tells what has become of it. Throws PeerUnknown when it was unregistered meanwhile. */
  amend(record: PeerRecord): Promise<void> {
    return this.db.transaction(async () => {
      const { iss } = record;
      const before = await this.peers.findByIss(iss);
      if (!before || !(await this.peers.update(record))) throw new PeerUnknown();
      const told = ({ name, url, stage, firewalledMode }: PeerRecord | Peer) => ({ name, url, stage, firewalled_mode: firewalledMode });
      const details = { iss, before: told(before), after: told(record) };
      await this.audit.record({ action: 'peer.updated', subject: record.name, details });
      await this.exchangeSoon(iss, 0);
    });
  }

  /** Its tokens are refused from now on. False when it was gone already. */
  remove({ iss, name }: Pick<Peer, 'iss' | 'name'>, by: 'this server' | 'the peer'): Promise<boolean> {
    return this.db.transaction(async () => {
      if (!(await this.peers.remove(iss))) return false;
      await this.audit.record({ action: 'peer.unregistered', subject: name, details: { iss, by } });
      await this.events.record('peer.unregistered', { iss, name, by });
      return true;
    });
  }

  limit({ iss, name, paused, downloadLimit, uploadLimit }: Peer, change: Partial<PeerLimits>): Promise<void> {
    return this.db.transaction(async () => {
      await this.peers.setLimits(iss, change);
      const isPause = change.paused !== undefined && change.paused !== paused;
      const action = isPause ? (change.paused ? 'peer.paused' : 'peer.resumed') : 'peer.limited';
      await this.audit.record({ action, subject: name, details: { iss, from: { paused, downloadLimit, uploadLimit }, to: change } });
      if (isPause && !change.paused) await this.exchangeSoon(iss, 0);
    });
  }

  private exchangeSoon(iss: string, delayMs: number): Promise<void> {
    return this.jobs.add(PeerNews, { iss }, delayMs > 0 ? { key: iss, delayMs } : { key: iss, now: true });
  }
}
