import { Injectable } from '@nestjs/common';
import { MoreThan } from 'typeorm';
import { PeerRepair } from '#libs/entities/peer-repair.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on what was repaired. */
@Injectable()
export class PeerRepairRepository {
  constructor(private readonly db: Database) {}

  findSince(sinceMs: number): Promise<PeerRepair[]> {
    return this.db.manager.find(PeerRepair, { where: { lastMs: MoreThan(sinceMs) }, order: { lastMs: 'DESC' } });
  }

  /** In a transaction. */
  async add(iss: string, { received, sent }: Pick<PeerRepair, 'received' | 'sent'>, nowMs: number): Promise<void> {
    const known = await this.db.manager.findOne(PeerRepair, { where: { iss }, ...this.db.forUpdate });
    const last = { lastReceived: received, lastSent: sent, lastMs: nowMs };
    const row = { iss, received: (known?.received ?? 0) + received, sent: (known?.sent ?? 0) + sent, ...last };
    if (known) await this.db.manager.update(PeerRepair, { iss }, row);
    else await this.db.manager.insert(PeerRepair, row);
  }
}
