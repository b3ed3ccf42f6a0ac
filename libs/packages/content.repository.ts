import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThanOrEqual, MoreThan, Not } from 'typeorm';
import { Content } from '#libs/entities/content.entity.js';
import { Database } from '#libs/platform/database/database.js';
import type { ContentRoot, RootName } from '#libs/replication/content-root.js';
import type { ContentState } from '#libs/replication/entry-effects.js';

/** Bytes that are whole on disk, whatever their use. */
export const statesOnDisk: readonly ContentState[] = ['held', 'withdrawn', 'superseded'];

export type KnownContent = Pick<Content, 'uuid' | 'state' | 'filenameKey' | 'size' | 'sha1' | 'sha256' | 'manifestSha256'>;

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

  findNames(uuids: readonly string[]): Promise<Pick<Content, 'uuid' | 'filename' | 'createdMs'>[]> {
    if (uuids.length === 0) return Promise.resolve([]);
    return this.db.manager.find(Content, { select: { uuid: true, filename: true, createdMs: true }, where: { uuid: In(uuids) } });
  }

  /** What is known of these contents, without their chunk lists. */
  findFacts(uuids: readonly string[]): Promise<KnownContent[]> {
    if (uuids.length === 0) return Promise.resolve([]);
    const select = { uuid: true, state: true, filenameKey: true, size: true, sha1: true, sha256: true, manifestSha256: true } as const;
    return this.db.manager.find(Content, { select, where: { uuid: In(uuids) } });
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
    await this.db.insertRows(Content, contents);
  }

  async setState(uuid: string, state: ContentState, retireAfterMs: number | null): Promise<void> {
    await this.db.manager.update(Content, { uuid }, { state, retireAfterMs });
  }

  async markVerified(uuid: string, verifiedMs: number): Promise<void> {
    await this.db.manager.update(Content, { uuid }, { verifiedMs });
  }

  /** Contents on disk that were not read since, the longest unread first. */
  findUnverifiedSince(verifiedMs: number, limit: number): Promise<Omit<Content, 'manifest' | 'blocks'>[]> {
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

  async setBlocks(uuid: string, blocks: Buffer): Promise<void> {
    await this.db.manager.update(Content, { uuid }, { blocks });
  }

  /** What its bytes were found to be when they were verified. */
  async setRoot(uuid: string, { algorithm, hash, blocks }: ContentRoot, digestsUnverified: boolean): Promise<void> {
    await this.db.manager.update(Content, { uuid }, { rootAlg: algorithm, rootHash: hash, blocks, digestsUnverified });
  }

  async refuse(uuid: string, refusal: string): Promise<void> {
    await this.db.manager.update(Content, { uuid }, { refusal });
  }

  /** Contents on disk after `uuid` of which something is not computed here: the root, or the digests that the author gave. */
  findUnchecked(uuid: string, limit: number): Promise<Content[]> {
    const [state, after] = [In(statesOnDisk), MoreThan(uuid)];
    const select = { uuid: true, filename: true, filenameKey: true, size: true, state: true } as const;
    return this.db.manager.find(Content, {
      select: { ...select, sha1: true, sha256: true, rootAlg: true, rootHash: true, originIss: true },
      where: [
        { uuid: after, state, digestsUnverified: true },
        { uuid: after, state, rootHash: IsNull() },
      ],
      order: { uuid: 'ASC' },
      take: limit,
    });
  }

  /** The roots of those that have one. */
  async findRoots(uuids: readonly string[]): Promise<Map<string, RootName>> {
    if (uuids.length === 0) return new Map();
    const select = { uuid: true, rootAlg: true, rootHash: true } as const;
    const rows = await this.db.manager.find(Content, { select, where: { uuid: In(uuids), rootHash: Not(IsNull()) } });
    return new Map(rows.map(({ uuid, rootAlg, rootHash }) => [uuid, { algorithm: rootAlg!, hash: rootHash! }]));
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
      .andWhere('SUBSTRING(content.filenameKey, 1, :length) = :stem', { stem, length: stem.length })
      .orderBy('content.createdMs', 'DESC')
      .take(limit - same.length)
      .getMany();
    return [...same, ...others];
  }

  /** Contents that are withdrawn here and still whole, in the order of their uuids. */
  async findWithdrawn(limit: number): Promise<string[]> {
    const rows = await this.db.manager.find(Content, {
      select: { uuid: true },
      where: { state: 'withdrawn' },
      order: { uuid: 'ASC' },
      take: limit,
    });
    return rows.map(({ uuid }) => uuid);
  }

  /** Versions whose retention has ended. What this server has promised to keep is not among them. */
  findRetired(now: number, limit: number): Promise<Content[]> {
    const due = { state: In(['superseded', 'withdrawn']), retireAfterMs: LessThanOrEqual(now) };
    return this.db.manager.find(Content, {
      where: [
        { ...due, keepUntilMs: IsNull() },
        { ...due, keepUntilMs: LessThanOrEqual(now) },
      ],
      order: { retireAfterMs: 'ASC' },
      take: limit,
    });
  }

  /** Within a transaction: the row, locked against other writers until its end. */
  lock(uuid: string): Promise<Content | null> {
    return this.db.manager.findOne(Content, { where: { uuid }, ...this.db.forUpdate });
  }

  /** A promise to another server (MESH §5); it ends an offer of this server. */
  async keepUntil(uuid: string, keepUntilMs: number): Promise<void> {
    await this.db.manager.update(Content, { uuid }, { keepUntilMs, releaseId: null });
  }

  /** Begins an offer for those of these withdrawn contents that may be removed now. */
  async beginRelease(uuids: readonly string[], releaseId: string, now: number): Promise<void> {
    const due = { uuid: In(uuids), state: 'withdrawn' as const, retireAfterMs: LessThanOrEqual(now) };
    await this.db.manager.update(Content, { ...due, keepUntilMs: IsNull() }, { releaseId });
    await this.db.manager.update(Content, { ...due, keepUntilMs: LessThanOrEqual(now) }, { releaseId, keepUntilMs: null });
  }

  /** Ends an offer for which no other server gave a promise. */
  async endRelease(uuid: string, releaseId: string, retireAfterMs: number): Promise<void> {
    await this.db.manager.update(Content, { uuid, state: 'withdrawn', releaseId }, { releaseId: null, retireAfterMs });
  }

  /**
   * The bytes of a retired version may be removed from now on; false when it is in use again, or when a promise to another server has ended the offer
   * `releaseId` (null for superseded versions, which need none).
   */
  async markGone(uuid: string, releaseId: string | null, now: number): Promise<boolean> {
    const which = releaseId === null ? { state: 'superseded' as const } : { state: 'withdrawn' as const, releaseId };
    const { affected } = await this.db.manager.update(
      Content,
      { uuid, ...which, retireAfterMs: LessThanOrEqual(now) },
      { state: 'absent', retireAfterMs: null, releaseId: null, keepUntilMs: null },
    );
    return affected === 1;
  }

  /** Contents after `uuid` whose bytes are not here, in the order of their uuids. */
  async findAbsentAfter(uuid: string, limit: number): Promise<string[]> {
    const where = { uuid: MoreThan(uuid), state: 'absent' as const };
    const rows = await this.db.manager.find(Content, { select: { uuid: true }, where, order: { uuid: 'ASC' }, take: limit });
    return rows.map((row) => row.uuid);
  }

  /** Forgets those of these whose bytes are not here. */
  async removeAbsent(uuids: readonly string[]): Promise<void> {
    if (uuids.length > 0) await this.db.manager.delete(Content, { uuid: In(uuids), state: 'absent' });
  }

  /** Every version in the order of its uuid: for reconciling with the disk. Chunk lists are left out. */
  findAfter(uuid: string, limit: number): Promise<Omit<Content, 'manifest' | 'blocks'>[]> {
    return this.db.manager
      .createQueryBuilder(Content, 'content')
      .select(['content.uuid', 'content.filename', 'content.size', 'content.state', 'content.sha256', 'content.createdMs'])
      .where({ uuid: MoreThan(uuid) })
      .orderBy('content.uuid')
      .take(limit)
      .getMany();
  }
}
