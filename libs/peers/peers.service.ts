import { Injectable } from '@nestjs/common';
import { PeerRuns } from './identity/peer-runs.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PeerRegister } from './peer-registry.js';
import { type PeerState, statusOf } from './peer-state.js';
import { type PeerLimits, PeerRepository } from './peer.repository.js';
import { NoIdentityConflict, PeerNotFound, PeerPaused } from './peers.errors.js';
import { PeerNews, UnregisterPeer } from './peers.jobs.js';

/** Looks after the registered servers. */
@Injectable()
export class PeersService {
  constructor(
    private readonly peers: PeerRepository,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly registered: PeerRegister,
    private readonly runs: PeerRuns,
    private readonly clock: Clock,
  ) {}

  async list(): Promise<PeerState[]> {
    const newestSeq = await this.peers.newestSeq();
    return Promise.all((await this.peers.findAll()).map((peer) => this.stateOf(peer, newestSeq)));
  }

  async get(id: number): Promise<PeerState> {
    return this.stateOf(await this.find(id), await this.peers.newestSeq());
  }

  /** Pauses, resumes, sets bandwidths. */
  async limit(id: number, change: Partial<PeerLimits>): Promise<PeerState> {
    const peer = await this.find(id);
    if (Object.keys(change).length > 0) await this.registered.limit(peer, change);
    return this.get(id);
  }

  async sync(id: number): Promise<void> {
    const { iss, name, paused } = await this.find(id);
    if (paused) throw new PeerPaused(name);
    await this.jobs.add(PeerNews, { iss }, { key: iss, now: true });
  }

  /** From now on the server's tokens are refused; it is notified if it can be reached. */
  async unregister(id: number): Promise<void> {
    await this.db.transaction(async () => {
      const peer = await this.find(id);
      await this.registered.remove(peer, 'this server');
      if (!peer.firewalledMode) await this.jobs.add(UnregisterPeer, { iss: peer.iss, url: peer.url }, { key: peer.iss, now: true });
    });
  }

  /** Two running servers use one identity: keeps the registered one and forgets the copy, or takes the copy for the registered one. */
  async decideIdentity(id: number, keeps: 'registered' | 'copy'): Promise<void> {
    const peer = await this.find(id);
    const isDecided = keeps === 'copy' ? await this.runs.acceptRival(peer) : await this.runs.endConflict(peer);
    if (!isDecided) throw new NoIdentityConflict(peer.name);
    await this.jobs.add(PeerNews, { iss: peer.iss }, { key: peer.iss, now: true });
  }

  /** A registered server has unregistered this one. */
  async dismissedBy(peer: Peer): Promise<void> {
    await this.registered.remove(peer, 'the peer');
  }

  private async find(id: number): Promise<Peer> {
    const peer = await this.peers.findById(id);
    if (!peer) throw new PeerNotFound(String(id));
    return peer;
  }

  private async stateOf(peer: Peer, newestSeq: number): Promise<PeerState> {
    return { peer, status: statusOf(peer, this.clock.now()), newestSeq, rejected: await this.peers.countRejected(peer) };
  }
}
