import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { PeerRun } from '#libs/entities/peer-run.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on which running server is the registered one. */
@Injectable()
export class PeerRunRepository {
  constructor(private readonly db: Database) {}

  find(iss: string): Promise<PeerRun | null> {
    return this.db.manager.findOneBy(PeerRun, { iss });
  }

  findConflicts(): Promise<PeerRun[]> {
    return this.db.manager.find(PeerRun, { where: { rivalRunId: Not(IsNull()) }, order: { rivalSinceMs: 'DESC' } });
  }

  async save(row: PeerRun): Promise<void> {
    const { affected } = await this.db.manager.update(PeerRun, { iss: row.iss }, row);
    if (affected === 0) await this.db.insertNew(PeerRun, [row]);
  }

  async remove(iss: string): Promise<void> {
    await this.db.manager.delete(PeerRun, { iss });
  }
}
