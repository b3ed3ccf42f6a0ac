import { Injectable, Logger } from '@nestjs/common';
import type { Peer } from '#libs/entities/peer.entity.js';
import type { PeerRun } from '#libs/entities/peer-run.entity.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { judgeRun } from '#libs/replication/run-judgement.js';
import { IdentityConflict } from '../peers.errors.js';
import { PeerChallenge } from '../registration/peer-challenge.js';
import { PeerRunRepository } from './peer-run.repository.js';

const ADDRESS_LENGTH = 500;

/** Where a registered server speaks from. */
export interface Speaker {
  /** What its token says of its start; servers of an earlier version say nothing. */
  readonly runId: unknown;
  readonly address: string;
}

/** Keeps a copy of a registered server from speaking for it (MESH §8). */
@Injectable()
export class PeerRuns {
  private readonly logger = new Logger(PeerRuns.name);
  private readonly admitted = new Map<string, string>();

  constructor(
    private readonly rows: PeerRunRepository,
    private readonly challenge: PeerChallenge,
    private readonly db: Database,
    private readonly events: DomainEvents,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Called with every call of a peer. Throws IdentityConflict when another living server is the registered one. */
  async admit(peer: Peer, { runId, address }: Speaker): Promise<void> {
    if (typeof runId !== 'string' || !/^[0-9a-f]{32}$/.test(runId)) return;
    if (this.admitted.get(peer.iss) === runId) return;
    const known = await this.rows.find(peer.iss);
    const now = this.clock.now();
    const fresh = { iss: peer.iss, runId, address: address.slice(0, ADDRESS_LENGTH), sinceMs: now };
    const noRival = { rivalRunId: null, rivalAddress: null, rivalSinceMs: null };
    if (!known) {
      await this.rows.save({ ...fresh, ...noRival, formerRunId: null });
      return;
    }
    const isHeld = runId === known.rivalRunId;
    const atUrl = runId === known.runId || isHeld ? null : await this.runAt(peer);
    const judgement = judgeRun(known, runId, atUrl, now);
    if (judgement === 'started') await this.rows.save({ ...fresh, ...noRival, formerRunId: known.runId });
    if (judgement === 'rival')
      await this.refuse(peer, known, { ...known, rivalRunId: runId, rivalAddress: fresh.address, rivalSinceMs: now });
    if (judgement === 'returned')
      await this.hold(peer, { ...fresh, formerRunId: null, rivalRunId: known.runId, rivalAddress: known.address, rivalSinceMs: now });
    // A conflict is looked up with every call: an administrator of another process may decide.
    if (judgement === 'same' && known.rivalRunId === null && known.runId === runId) this.admitted.set(peer.iss, runId);
  }

  conflictOf(iss: string): Promise<PeerRun | null> {
    return this.rows.find(iss);
  }

  conflicts(): Promise<PeerRun[]> {
    return this.rows.findConflicts();
  }

  /** An administrator has decided: the one that is held is the registered server. False when none is held. */
  async acceptRival({ iss, name }: Pick<Peer, 'iss' | 'name'>): Promise<boolean> {
    this.admitted.delete(iss);
    return this.db.transaction(async () => {
      const known = await this.rows.find(iss);
      if (!known || known.rivalRunId === null) return false;
      const details = { iss, accepted: known.rivalAddress, held: known.address };
      // The other way round: what was taken for the registered one is the copy now.
      await this.rows.save({
        ...{ iss, runId: known.rivalRunId, address: known.rivalAddress ?? '', formerRunId: null, sinceMs: this.clock.now() },
        ...{ rivalRunId: known.runId, rivalAddress: known.address, rivalSinceMs: this.clock.now() },
      });
      await this.audit.record({ action: 'peer.identity_accepted', subject: name, details });
      return true;
    });
  }

  /** The copy is gone: nothing is held any more. A copy that speaks again is noticed again. */
  async endConflict({ iss, name }: Pick<Peer, 'iss' | 'name'>): Promise<boolean> {
    this.admitted.delete(iss);
    return this.db.transaction(async () => {
      const known = await this.rows.find(iss);
      if (!known || known.rivalRunId === null) return false;
      await this.rows.save({ ...known, rivalRunId: null, rivalAddress: null, rivalSinceMs: null });
      await this.audit.record({ action: 'peer.identity_conflict_ended', subject: name, details: { iss, copy: known.rivalAddress } });
      return true;
    });
  }

  /** Null when what answers there cannot say, or nothing does. */
  private async runAt(peer: Peer): Promise<string | null> {
    if (peer.firewalledMode || peer.url === '') return null;
    try {
      return await this.challenge.runAt(peer);
    } catch (error) {
      this.logger.debug(`Which start of ${peer.name} answers at ${peer.url} is not known: ${String(error)}`);
      return null;
    }
  }

  private async refuse(peer: Peer, known: PeerRun, row: PeerRun): Promise<never> {
    if (known.rivalRunId !== row.rivalRunId) await this.hold(peer, row);
    throw new IdentityConflict(peer.name);
  }

  private async hold({ iss, name, url }: Peer, row: PeerRun): Promise<void> {
    this.admitted.delete(iss);
    const [registered, copy] = [url === '' ? row.address : url, row.rivalAddress];
    await this.db.transaction(async () => {
      await this.rows.save(row);
      await this.events.record('peer.identity_conflict', { iss, name, url: registered, copy });
    });
    this.logger.error(
      `Two running servers use the identity of ${name} (${iss}): ${registered}, and one that calls from ${copy}. The latter is not spoken with.`,
    );
  }
}
