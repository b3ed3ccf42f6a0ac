import { Injectable } from '@nestjs/common';
import { In, LessThanOrEqual, MoreThan, Not } from 'typeorm';
import { Content } from '#libs/entities/content.entity.js';
import { Database } from '#libs/platform/database/database.js';
import type { ContentState } from '#libs/replication/entry-effects.js';

/** Bytes that are whole on disk, whatever their use. */
export const statesOnDisk: readonly ContentState[] = ['held', 'withdrawn', 'superseded'];

/** Every query on content versions. */
@Injectable()
export class ContentRepository {
  constructor(private readonly db: Database) {}

  find(uuid: string): Promise<Content | null> {
    return this.db.manager.findOneBy(Content, { uuid });
  }

  findMany(uuids: readonly string[]): Promise<Content[]> {
    return uuids.length === 0 ? Promise.resolve([]) : this.db.manager.findBy(Content, { uuid: In(uuids) });
  }

  /** Which of these this server has whole, without their chunk lists. */
  async findStates(uuids: readonly string[]): Promise<Map<string, ContentState>> {
    if (uuids.length === 0) return new Map();
    const rows = await this.db.manager.find(Content, { select: { uuid: true, state: true }, where: { uuid: In(uuids) } });
    return new Map(rows.map(({ uuid, state }) => [uuid, state]));
  }

  /** How many should be on disk. */
  countOnDisk(): Promise<number> {
    return this.db.manager.countBy(Content, { state: In(statesOnDisk) });
  }

  /** Those of at most that many bytes, without their chunk lists. */
  findSmall(uuids: readonly string[], most: number): Promise<Pick<Content, 'uuid' | 'size' | 'state'>[]> {
    const select = { uuid: true, size: true, state: true } as const;
    return this.db.manager.find(Content, { select, where: { uuid: In(uuids), size: LessThanOrEqual(most) } });
  }

  async insert(content: Content): Promise<void> {
    await this.db.manager.insert(Content, content);
  }

  async insertMany(contents: readonly Content[]): Promise<void> {
    if (contents.length === 0) return;
    await this.db.manager
      .createQueryBuilder()
      .insert()
      .into(Content)
      .values([...contents])
      .updateEntity(false)
      .execute();
  }

  async setState(uuid: string, state: ContentState, retireAfterMs: number | null): Promise<void> {
    await this.db.manager.update(Content, { uuid }, { state, retireAfterMs });
  }

  async markVerified(uuid: string, verifiedMs: number): Promise<void> {
    await this.db.manager.update(Content, { uuid }, { verifiedMs });
  }

  /** Contents on disk that were not read since, the longest unread first. */
  findUnverifiedSince(verifiedMs: number, limit: number): Promise<Omit<Content, 'manifest'>[]> {
    return this.db.manager
      .createQueryBuilder(Content, 'content')
      .select(['content.uuid', 'content.filename', 'content.filenameKey', 'content.size', 'content.state', 'content.sha256'])
      .where({ state: In(statesOnDisk) })
      .andWhere('COALESCE(content.verifiedMs, 0) < :verifiedMs', { verifiedMs })
      .orderBy('COALESCE(content.verifiedMs, 0)')
      .addOrderBy('content.uuid')
      .take(limit)
      .getMany();
  }

  async setHeld(uuid: string, manifest: Buffer, verifiedMs: number): Promise<void> {
    await this.db.manager.update(Content, { uuid }, { manifest, verifiedMs, state: 'held', retireAfterMs: null });
  }

  async setManifest(uuid: string, manifest: Buffer): Promise<void> {
    await this.db.manager.update(Content, { uuid }, { manifest });
  }

  /** Versions of a name that can be brought back, newest first. */
  findRestorable(filenameKey: string): Promise<Content[]> {
    return this.db.manager.find(Content, { where: { filenameKey, state: In(statesOnDisk) }, order: { createdMs: 'DESC' } });
  }

  /** Contents on disk of a name, then the newest of other names that begin with `stem`, with their chunk lists. */
  async findOnDiskLike(filenameKey: string, stem: string | null, limit: number): Promise<Content[]> {
    const state = In(statesOnDisk);
    const order = { createdMs: 'DESC' } as const;
    const same = await this.db.manager.find(Content, { where: { filenameKey, state }, order, take: limit });
    if (stem === null || same.length === limit) return same;
    const others = await this.db.manager
      .createQueryBuilder(Content, 'content')
      .where({ filenameKey: Not(filenameKey), state })
      .andWhere('SUBSTR(content.filenameKey, 1, :length) = :stem', { stem, length: stem.length })
      .orderBy('content.createdMs', 'DESC')
      .take(limit - same.length)
      .getMany();
    return [...same, ...others];
  }

  findRetired(now: number, limit: number): Promise<Content[]> {
    return this.db.manager.find(Content, {
      where: { state: In(['superseded', 'withdrawn']), retireAfterMs: LessThanOrEqual(now) },
      order: { retireAfterMs: 'ASC' },
      take: limit,
    });
  }

  /** Forgets the bytes of a retired version; false when it was brought back meanwhile. */
  async markGone(uuid: string, now: number): Promise<boolean> {
    const { affected } = await this.db.manager.update(
      Content,
      { uuid, state: In(['superseded', 'withdrawn']), retireAfterMs: LessThanOrEqual(now) },
      { state: 'absent', retireAfterMs: null },
    );
    return affected === 1;
  }

  /** Every version in the order of its uuid: for reconciling with the disk. Chunk lists are left out. */
  findAfter(uuid: string, limit: number): Promise<Omit<Content, 'manifest'>[]> {
    return this.db.manager
      .createQueryBuilder(Content, 'content')
      .select(['content.uuid', 'content.filename', 'content.size', 'content.state', 'content.sha256', 'content.createdMs'])
      .where({ uuid: MoreThan(uuid) })
      .orderBy('content.uuid')
      .take(limit)
      .getMany();
  }
}
