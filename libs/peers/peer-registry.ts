import { Injectable } from '@nestjs/common';
import { type Identity, newRegistrationKey, ServerIdentity } from '#libs/about/server-identity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { keyChanged } from '#libs/events/key-changed.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { BlockList } from './blocking/block-list.js';
import { InvitationsService } from './invitations/invitations.service.js';
import { type PeerLimits, type PeerRecord, PeerRepository } from './peer.repository.js';
import { InvitationSpent, PeerKeyChanged, PeerUnknown, RegistrationImpossible } from './peers.errors.js';
import { PeerNews } from './peers.jobs.js';

export interface EntryTerms {
  /** Catalogs are exchanged after this long, in milliseconds. */
  readonly delayMs?: number;
  readonly mayChangeKey?: boolean;
  /** The invitation with which it came; null for the registration key. */
  readonly invitationId?: number | null;
}

/** Who is registered: every entry, change and removal is written down with its audit event, and followed by an exchange of catalogs. */
@Injectable()
export class PeerRegister {
  constructor(
    private readonly peers: PeerRepository,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    private readonly events: DomainEvents,
    private readonly identity: ServerIdentity,
    private readonly blocked: BlockList,
    private readonly invitations: InvitationsService,
    private readonly clock: Clock,
  ) {}

  /** Throws RegistrationImpossible when the two could never talk. */
  checkModes(self: Identity, other: PeerRecord): void {
    if (!self.firewalledMode || !other.firewalledMode) return;
    throw new RegistrationImpossible(
      'Both servers are in firewalled mode, so neither can call the other. Register each with a server that can be reached.',
    );
  }

  /**
   * Called with a valid key only. A server that is known keeps its public key, unless its old key has signed the new one or an
   * administrator of this server registers with it. Throws PeerKeyChanged or InvitationSpent; then nothing is written.
   */
  enter(record: PeerRecord, { delayMs = 0, mayChangeKey = false, invitationId = null }: EntryTerms = {}): Promise<Peer> {
    return this.db.transaction(async () => {
      const before = await this.peers.findByIss(record.iss);
      const isKeyChanged = before !== null && before.publicKey !== record.publicKey;
      if (isKeyChanged && !mayChangeKey) throw new PeerKeyChanged(before.name);
      const spent = invitationId === null ? null : await this.invitations.spend(invitationId, record);
      if (invitationId !== null && !spent) throw new InvitationSpent();
      const peer = await this.peers.save(record, this.clock.now());
      const details = {
        iss: record.iss,
        url: record.url,
        key_changed: isKeyChanged,
        ...(spent && { invitation: invitationId, preset: spent.preset, preset_counts: spent.isGranted }),
      };
      await this.audit.record({ action: 'peer.registered', subject: record.name, details });
      await this.events.record('peer.registered', { iss: record.iss, name: record.name, url: record.url });
      if (isKeyChanged) await this.events.record('server.key_changed', keyChanged({ ...record, introducedBy: null, accepted: true }));
      await this.exchangeSoon(record.iss, delayMs);
      return peer;
    });
  }

  /** A registration with another key was refused: an administrator should know. */
  async noteKeyChange(record: PeerRecord): Promise<void> {
    const { iss, name, url } = record;
    await this.db.transaction(async () => {
      await this.audit.record({ action: 'peer.key_change_refused', subject: name, details: { iss, url } });
      await this.events.record('server.key_changed', keyChanged({ ...record, introducedBy: null, accepted: false }));
    });
  }

  /** A registered server sends its changed record. Throws PeerUnknown when it was unregistered meanwhile. */
  amend(record: PeerRecord): Promise<void> {
    return this.db.transaction(async () => {
      const { iss } = record;
      const before = await this.peers.findByIss(iss);
      if (!before || !(await this.peers.update(record))) throw new PeerUnknown();
      const detailsOf = ({ name, url, stage, firewalledMode }: PeerRecord | Peer) => ({
        name,
        url,
        stage,
        firewalled_mode: firewalledMode,
      });
      const details = { iss, before: detailsOf(before), after: detailsOf(record) };
      await this.audit.record({ action: 'peer.updated', subject: record.name, details });
      await this.exchangeSoon(iss, 0);
    });
  }

  /**
   * Its tokens are refused from now on. One that is unregistered here is blocked, and no key that it knows admits it under another
   * name: its invitation is deleted, the registration key is replaced. False when it was gone already.
   */
  remove({ iss, name, publicKey }: Pick<Peer, 'iss' | 'name' | 'publicKey'>, by: 'this server' | 'the peer'): Promise<boolean> {
    return this.db.transaction(async () => {
      if (!(await this.peers.remove(iss))) return false;
      if (by === 'this server') await this.lockOut({ iss, name, publicKey });
      await this.audit.record({ action: 'peer.unregistered', subject: name, details: { iss, by, blocked: by === 'this server' } });
      await this.events.record('peer.unregistered', { iss, name, by });
      return true;
    });
  }

  private async lockOut(peer: Pick<Peer, 'iss' | 'name' | 'publicKey'>): Promise<void> {
    await this.blocked.add(peer);
    await this.invitations.forget(peer.iss);
    await this.identity.change({ registrationKey: newRegistrationKey() });
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
