import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { BlockedServer } from '#libs/entities/blocked-server.entity.js';
import type { Peer } from '#libs/entities/peer.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import type { PeerRecord } from '../peer.repository.js';
import { ServerBlocked, ServerNotBlocked } from '../peers.errors.js';
import { BlockedServerRepository } from './blocked-server.repository.js';

/** Servers that were unregistered here and are not admitted again until an administrator says so (MESH §8). */
@Injectable()
export class BlockList {
  constructor(
    private readonly blocked: BlockedServerRepository,
    private readonly db: Database,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  list(): Promise<BlockedServer[]> {
    return this.blocked.findAll();
  }

  /** Within the transaction that unregisters the server. */
  async add({ iss, name, publicKey }: Pick<Peer, 'iss' | 'name' | 'publicKey'>): Promise<void> {
    await this.blocked.save({ iss, name, publicKey, blockedMs: this.clock.now() });
  }

  /** Throws ServerBlocked, also when a blocked server comes under another ISS ID with its old key. */
  async check({ iss, publicKey }: PeerRecord): Promise<void> {
    const found = (await this.blocked.findAll()).find((server) => server.iss === iss || server.publicKey === publicKey);
    if (found) throw new ServerBlocked();
  }

  /** Throws ServerNotBlocked. */
  async remove(iss: string): Promise<void> {
    if (!(await this.lift(iss))) throw new ServerNotBlocked();
  }

  /** An administrator registers with the server, or unblocks it. False when it was not blocked. */
  lift(iss: string): Promise<boolean> {
    return this.db.transaction(async () => {
      const found = await this.blocked.remove(iss);
      if (found) await this.audit.record({ action: 'peer.unblocked', subject: found.name, details: { iss } });
      return found !== null;
    });
  }
}
