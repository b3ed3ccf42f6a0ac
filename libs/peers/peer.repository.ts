import { Injectable } from '@nestjs/common';
import { In, IsNull, Not } from 'typeorm';
import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { Package } from '#libs/entities/package.entity.js';
import { Peer } from '#libs/entities/peer.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** What a peer says of itself. */
export type PeerRecord = Pick<Peer, 'iss' | 'name' | 'url' | 'stage' | 'firewalledMode' | 'publicKey'> &
  Partial<Pick<Peer, 'signsSinceMs'>>;

/** What an administrator allows a peer. */
export type PeerLimits = Pick<Peer, 'paused' | 'downloadLimit' | 'uploadLimit'>;

/** Numbers that are remembered: a peer that refuses more is far behind anyhow. */
const MOST_REJECTED = 1_000;

const rejectedBy = ({ rejectedSeqs }: Pick<Peer, 'rejectedSeqs'>): number[] =>
  rejectedSeqs === null ? [] : (JSON.parse(rejectedSeqs) as number[]);

/** Every query on registered servers. */
@Injectable()
export class PeerRepository {
  constructor(private readonly db: Database) {}

  findAll(): Promise<Peer[]> {
    return this.db.manager.find(Peer, { order: { id: 'ASC' } });
  }

  async newestSeq(): Promise<number> {
    return (await this.db.manager.findOneBy(CatalogClock, { id: 1 }))?.seq ?? 0;
  }

  findById(id: number): Promise<Peer | null> {
    return this.db.manager.findOneBy(Peer, { id });
  }

  findByIss(iss: string): Promise<Peer | null> {
    return this.db.manager.findOneBy(Peer, { iss });
  }

  /** Registers a server, or refreshes the record of one that is registered; what was exchanged so far is kept. */
  async save(record: PeerRecord, now: number): Promise<Peer> {
    const untouched = {
      pulledEpoch: null,
      pulledSeq: 0,
      ackedEpoch: null,
      ackedSeq: 0,
      signs: false,
      paused: false,
      downloadLimit: null,
      uploadLimit: null,
      lastRefusal: null,
      lastRefusalMs: null,
      pausedThereMs: null,
      rejectedSeqs: null,
      rejectedReason: null,
      signsSinceMs: null,
    };
    const fresh = { ...untouched, ...record, registeredMs: now, lastSeenMs: now, unreachableSinceMs: null, lastError: null };
    // One statement decides: two servers may register with each other at the same moment.
    await this.db.insertNew(Peer, [fresh]);
    await this.db.manager.update(Peer, { iss: record.iss }, { ...record, lastSeenMs: now, unreachableSinceMs: null, lastError: null });
    return this.db.manager.findOneByOrFail(Peer, { iss: record.iss });
  }

  /** False when the server is not registered (any more): then nothing is written. */
  async update({ iss, ...change }: PeerRecord): Promise<boolean> {
    const { affected } = await this.db.manager.update(Peer, { iss }, change);
    return affected === 1;
  }

  async remove(iss: string): Promise<boolean> {
    const { affected } = await this.db.manager.delete(Peer, { iss });
    return affected === 1;
  }

  async setLimits(iss: string, limits: Partial<PeerLimits>): Promise<void> {
    if (Object.keys(limits).length > 0) await this.db.manager.update(Peer, { iss }, limits);
  }

  /** How far the peer has acknowledged our feed. */
  async setAcknowledged(iss: string, ackedEpoch: string, ackedSeq: number): Promise<void> {
    await this.db.manager.update(Peer, { iss }, { ackedEpoch, ackedSeq, pausedThereMs: null });
  }

  /** It takes nothing at present: this server is paused there. */
  async notePausedThere({ iss }: Pick<Peer, 'iss'>, nowMs: number): Promise<void> {
    await this.db.manager.update(Peer, { iss, pausedThereMs: IsNull() }, { pausedThereMs: nowMs });
  }

  /** How far we have read the peer's feed. */
  async setPulled(iss: string, pulledEpoch: string, pulledSeq: number): Promise<void> {
    await this.db.manager.update(Peer, { iss }, { pulledEpoch, pulledSeq });
  }

  /** It has sent signed writes: from now on it must. */
  async markSigning(iss: string): Promise<void> {
    await this.db.manager.update(Peer, { iss }, { signs: true });
  }

  async markSeen(iss: string, lastSeenMs: number): Promise<void> {
    await this.db.manager.update(Peer, { iss }, { lastSeenMs });
  }

  /** Which changes of one page of our feed the peer has refused: those that it refused before are judged anew. */
  async noteRejected(
    { iss }: Pick<Peer, 'iss'>,
    page: { since: number; next: number },
    rejected: { seqs: readonly number[]; reason: string | null },
  ): Promise<void> {
    const peer = await this.findByIss(iss);
    if (!peer || (peer.rejectedSeqs === null && rejected.seqs.length === 0)) return;
    const kept = rejectedBy(peer).filter((seq) => seq <= page.since || seq > page.next);
    const seqs = [...kept, ...rejected.seqs].slice(-MOST_REJECTED);
    const rejectedSeqs = seqs.length === 0 ? null : JSON.stringify(seqs);
    const rejectedReason = seqs.length === 0 ? null : (rejected.reason?.slice(0, 500) ?? peer.rejectedReason);
    await this.db.manager.update(Peer, { iss }, { rejectedSeqs, rejectedReason });
  }

  /** How many of the changes that a peer refused are still in force here: a later change has another number. */
  async countRejected(peer: Peer): Promise<number> {
    const seqs = rejectedBy(peer);
    return seqs.length === 0 ? 0 : this.db.manager.countBy(Package, { seq: In(seqs) });
  }

  async setSigns(iss: string, signsSinceMs: number): Promise<void> {
    await this.db.manager.update(Peer, { iss, signsSinceMs: IsNull() }, { signsSinceMs });
  }

  async setRefusal(iss: string, lastRefusal: string, lastRefusalMs: number): Promise<void> {
    await this.db.manager.update(Peer, { iss }, { lastRefusal, lastRefusalMs });
  }

  /** True when it was unreachable until now. */
  async markReachable(iss: string, lastSeenMs: number): Promise<boolean> {
    const { affected } = await this.db.manager.update(Peer, { iss, unreachableSinceMs: Not(IsNull()) }, { unreachableSinceMs: null });
    await this.db.manager.update(Peer, { iss }, { lastSeenMs, lastError: null });
    return affected === 1;
  }

  /** True when it was reachable until now. */
  async markUnreachable(iss: string, now: number, lastError: string): Promise<boolean> {
    await this.db.manager.update(Peer, { iss }, { lastError });
    const { affected } = await this.db.manager.update(Peer, { iss, unreachableSinceMs: IsNull() }, { unreachableSinceMs: now });
    return affected === 1;
  }
}
