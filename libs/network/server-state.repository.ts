import { Injectable } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import { ServerState } from '#libs/entities/server-state.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on what the servers of the mesh say of themselves. */
@Injectable()
export class ServerStateRepository {
  constructor(private readonly db: Database) {}

  find(iss: string): Promise<ServerState | null> {
    return this.db.manager.findOneBy(ServerState, { iss });
  }

  findByIss(iss: readonly string[]): Promise<ServerState[]> {
    return iss.length === 0 ? Promise.resolve([]) : this.db.manager.findBy(ServerState, { iss: In(iss) });
  }

  /** Those that are shown. */
  findKnown(): Promise<ServerState[]> {
    return this.db.manager.find(ServerState, { where: { forgotten: false }, order: { iss: 'ASC' } });
  }

  /** The changes feed (MESH §3). Servers that were forgotten here are left out. */
  findChangedAfter(seq: number, limit: number): Promise<ServerState[]> {
    return this.db.manager.find(ServerState, { where: { seq: MoreThan(seq), forgotten: false }, order: { seq: 'ASC' }, take: limit });
  }

  countIntroducedBy(introducedBy: string): Promise<number> {
    return this.db.manager.countBy(ServerState, { introducedBy });
  }

  count(): Promise<number> {
    return this.db.manager.count(ServerState);
  }

  /** The row that is missed least: forgotten ones first, then the one whose last report is oldest; none of these servers. */
  async findLeastMissed(except: readonly string[]): Promise<string | null> {
    const rows = await this.db.manager.find(ServerState, { select: { iss: true, forgotten: true, receivedMs: true } });
    const others = rows.filter(({ iss }) => !except.includes(iss));
    others.sort((a, b) => Number(b.forgotten) - Number(a.forgotten) || a.receivedMs - b.receivedMs);
    return others[0]?.iss ?? null;
  }

  async save(state: ServerState): Promise<void> {
    const { affected } = await this.db.manager.update(ServerState, { iss: state.iss }, state);
    if (affected === 0) await this.db.manager.insert(ServerState, state);
  }

  async remove(iss: string): Promise<void> {
    await this.db.manager.delete(ServerState, { iss });
  }

  async forget(iss: string): Promise<boolean> {
    const { affected } = await this.db.manager.update(ServerState, { iss, forgotten: false }, { forgotten: true });
    return affected === 1;
  }
}
