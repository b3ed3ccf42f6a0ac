import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { In, type FindOptionsWhere } from 'typeorm';
import { ContentDigest } from '#libs/entities/content-digest.entity.js';
import { JamfRecord, type JamfRecordState } from '#libs/entities/jamf-record.entity.js';
import { likePattern } from '#libs/packages/like-pattern.js';
import { Database } from '#libs/platform/database/database.js';

const BATCH = 500;

export type JamfRecordRow = Omit<JamfRecord, 'id'>;

export interface RecordFilter {
  readonly state?: JamfRecordState;
  readonly filenameKey?: string;
  /** Part of a file name, case-folded. */
  readonly contains?: string;
}

/** Every query on what is known of package records, and on what they are made of. */
@Injectable()
export class JamfRecordRepository {
  constructor(private readonly db: Database) {}

  all(): Promise<JamfRecord[]> {
    return this.db.manager.find(JamfRecord, { order: { id: 'ASC' } });
  }

  find(id: number): Promise<JamfRecord | null> {
    return this.db.manager.findOneBy(JamfRecord, { id });
  }

  findByKey(filenameKey: string): Promise<JamfRecord | null> {
    return this.db.manager.findOneBy(JamfRecord, { filenameKey });
  }

  findByState(state: JamfRecordState): Promise<JamfRecord[]> {
    return this.db.manager.find(JamfRecord, { where: { state }, order: { id: 'ASC' } });
  }

  /** A page by rising ids. */
  async list(filter: RecordFilter, afterId: number, limit: number): Promise<{ items: JamfRecord[]; total: number }> {
    const query = this.db.manager.createQueryBuilder(JamfRecord, 'record').where('record.id > 0');
    if (filter.state !== undefined) query.andWhere('record.state = :state', { state: filter.state });
    if (filter.filenameKey !== undefined) query.andWhere('record.filenameKey = :filenameKey', { filenameKey: filter.filenameKey });
    if (filter.contains !== undefined)
      query.andWhere("record.filenameKey LIKE :pattern ESCAPE '!'", { pattern: likePattern(filter.contains) });
    const total = await query.getCount();
    const items = await query.andWhere('record.id > :afterId', { afterId }).orderBy('record.id').take(limit).getMany();
    return { items, total };
  }

  async countByState(): Promise<Map<JamfRecordState, number>> {
    const rows = await this.db.manager
      .createQueryBuilder(JamfRecord, 'record')
      .select('record.state', 'state')
      .addSelect('COUNT(*)', 'count')
      .groupBy('record.state')
      .getRawMany<{ state: JamfRecordState; count: number | string }>();
    return new Map(rows.map(({ state, count }) => [state, Number(count)]));
  }

  async save(row: JamfRecordRow): Promise<void> {
    const { affected } = await this.db.manager.update(JamfRecord, { filenameKey: row.filenameKey }, row);
    if (affected === 0) await this.db.manager.insert(JamfRecord, row);
  }

  /** Rows beside those that are `present`, by file name. One in which only the time differs costs no statement of its own. */
  async saveAll(rows: readonly JamfRecordRow[], present: ReadonlyMap<string, JamfRecord>): Promise<void> {
    const unchanged = new Map<number, number>();
    for (const row of rows) {
      const before = present.get(row.filenameKey);
      if (before && isDeepStrictEqual({ ...before }, { ...row, id: before.id, checkedMs: before.checkedMs }))
        unchanged.set(before.id, row.checkedMs);
      else await this.save(row);
    }
    const ids = [...unchanged.keys()];
    for (let at = 0; at < ids.length; at += BATCH) {
      const batch = ids.slice(at, at + BATCH);
      await this.db.manager.update(JamfRecord, { id: In(batch) }, { checkedMs: unchanged.get(batch[0]!)! });
    }
  }

  async update(id: number, change: Partial<JamfRecordRow>): Promise<void> {
    await this.db.manager.update(JamfRecord, { id }, change);
  }

  async remove(where: FindOptionsWhere<JamfRecord>): Promise<void> {
    await this.db.manager.delete(JamfRecord, where);
  }

  async clear(): Promise<void> {
    await this.db.manager.createQueryBuilder().delete().from(JamfRecord).execute();
  }

  async digestsOf(uuids: readonly string[]): Promise<Map<string, ContentDigest>> {
    const found = await this.db.manager.findBy(ContentDigest, { uuid: In([...uuids]) });
    return new Map(found.map((row) => [row.uuid, row]));
  }

  async saveDigest(row: ContentDigest): Promise<void> {
    const { affected } = await this.db.manager.update(ContentDigest, { uuid: row.uuid }, row);
    if (affected === 0) await this.db.manager.insert(ContentDigest, row);
  }
}
