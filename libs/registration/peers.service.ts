import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PeerRepository } from './peer.repository.js';
import { PeerNotFound } from './registration.errors.js';
import { PeerNews, SayGoodbye } from './registration.jobs.js';

/** Looks after the registered servers. */
@Injectable()
export class PeersService {
  constructor(
    private readonly peers: PeerRepository,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
  ) {}

  list(): Promise<Peer[]> {
    return this.peers.findAll();
  }

  /** The newest number of this server's own changes: what lag is measured against. */
  newestSeq(): Promise<number> {
    return this.peers.newestSeq();
  }

  async get(id: number): Promise<Peer> {
    const peer = await this.peers.findById(id);
    if (!peer) throw new PeerNotFound(String(id));
    return peer;
  }

  async setPaused(id: number, paused: boolean): Promise<Peer> {
    return this.db.transaction(async () => {
      const peer = await this.get(id);
      await this.peers.setPaused(peer.iss, paused);
      await this.audit.record({ action: paused ? 'peer.paused' : 'peer.resumed', subject: peer.name });
      if (!paused) await this.jobs.add(PeerNews, { iss: peer.iss }, { key: peer.iss, now: true });
      return { ...peer, paused };
    });
  }

  async sync(id: number): Promise<void> {
    const { iss } = await this.get(id);
    await this.jobs.add(PeerNews, { iss }, { key: iss, now: true });
  }

  /** From now on the server's tokens are refused; it is told, if it can be reached. */
  async unregister(id: number): Promise<void> {
    await this.db.transaction(async () => {
      const { iss, name, url, publicKey, firewalledMode } = await this.get(id);
      await this.peers.remove(iss);
      await this.audit.record({ action: 'peer.unregistered', subject: name, details: { iss } });
      if (!firewalledMode) await this.jobs.add(SayGoodbye, { iss, url, publicKey }, { key: iss });
    });
  }
}
