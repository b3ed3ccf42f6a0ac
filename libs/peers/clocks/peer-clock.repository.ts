import { Injectable } from '@nestjs/common';
import { OwnClockRow } from '#libs/entities/own-clock.entity.js';
import { PeerClock } from '#libs/entities/peer-clock.entity.js';
import { Database } from '#libs/platform/database/database.js';
import type { OwnClockState } from '#libs/replication/clock-comparison.js';

const ROW = { id: 1 };

/** Every query on how clocks compare. */
@Injectable()
export class PeerClockRepository {
  constructor(private readonly db: Database) {}

  findAll(): Promise<PeerClock[]> {
    return this.db.manager.find(PeerClock);
  }

  async save(row: PeerClock): Promise<void> {
    const { affected } = await this.db.manager.update(PeerClock, { iss: row.iss }, row);
    if (affected === 0) await this.db.insertNew(PeerClock, [row]);
  }

  /** Answers the state until now when it was another one, else null: the process that changes it records it. */
  async setOwn(change: Omit<OwnClockRow, 'id'>): Promise<OwnClockState | null> {
    const unknown = { ...ROW, state: 'unknown' as const, offsetMs: null, sinceMs: change.sinceMs };
    await this.db.insertNew(OwnClockRow, [unknown]);
    const before = await this.db.manager.findOneByOrFail(OwnClockRow, ROW);
    if (before.state === change.state) return null;
    const { affected } = await this.db.manager.update(OwnClockRow, { ...ROW, state: before.state }, change);
    return affected === 1 ? before.state : null;
  }
}
