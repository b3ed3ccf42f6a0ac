import { Injectable } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { RefusedWrite } from '#libs/entities/refused-write.entity.js';
import { Database } from '#libs/platform/database/database.js';
import type { RefusalCode } from '#libs/replication/refusal.js';

/** Every query on what was refused. */
@Injectable()
export class RefusedWriteRepository {
  constructor(private readonly db: Database) {}

  /** The newest first. */
  find(limit: number): Promise<RefusedWrite[]> {
    return this.db.manager.find(RefusedWrite, { order: { id: 'DESC' }, take: limit });
  }

  findById(id: number): Promise<RefusedWrite | null> {
    return this.db.manager.findOneBy(RefusedWrite, { id });
  }

  findAfter(id: number, codes: readonly RefusalCode[], limit: number): Promise<RefusedWrite[]> {
    return this.db.manager
      .createQueryBuilder(RefusedWrite, 'refused')
      .where({ code: In(codes) })
      .andWhere('refused.id > :id', { id })
      .orderBy('refused.id')
      .take(limit)
      .getMany();
  }

  async findDigests(digests: readonly string[]): Promise<Set<string>> {
    if (digests.length === 0) return new Set();
    const rows = await this.db.manager.find(RefusedWrite, { select: { digest: true }, where: { digest: In(digests) } });
    return new Set(rows.map(({ digest }) => digest));
  }

  count(): Promise<number> {
    return this.db.manager.count(RefusedWrite);
  }

  countOf(peerIss: string): Promise<number> {
    return this.db.manager.countBy(RefusedWrite, { peerIss });
  }

  async insertMany(rows: readonly Omit<RefusedWrite, 'id'>[]): Promise<void> {
    if (rows.length === 0) return;
    await this.db.insertNew(RefusedWrite, rows);
  }

  async remove(ids: readonly number[]): Promise<void> {
    if (ids.length > 0) await this.db.manager.delete(RefusedWrite, { id: In(ids) });
  }

  async removeBefore(receivedMs: number): Promise<void> {
    await this.db.manager.delete(RefusedWrite, { receivedMs: LessThan(receivedMs) });
  }

  /** The oldest of a peer, so that it keeps at most that many. */
  async removeOldestOf(peerIss: string, surplus: number): Promise<void> {
    if (surplus <= 0) return;
    const rows = await this.db.manager.find(RefusedWrite, {
      select: { id: true },
      where: { peerIss },
      order: { id: 'ASC' },
      take: surplus,
    });
    await this.remove(rows.map(({ id }) => id));
  }
}
