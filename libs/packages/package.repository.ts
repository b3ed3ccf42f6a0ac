import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, MoreThan, Not, type SelectQueryBuilder } from 'typeorm';
import { Content } from '#libs/entities/content.entity.js';
import { Package, type PackageStatus, wantedStatuses } from '#libs/entities/package.entity.js';
import { Database } from '#libs/platform/database/database.js';
import type { Space } from '#libs/replication/space.js';

/** A content as it is given to clients. */
export type ServedContent = Pick<Content, 'filename' | 'uuid' | 'size' | 'sha256' | 'createdMs'> & Pick<Package, 'lastModifiedMs'>;

/** As the drivers give it: MySQL and PostgreSQL answer BIGINT as text. */
type ServedRow = { [Member in keyof ServedContent]: ServedContent[Member] extends number ? unknown : string };

const servedOf = ({ filename, uuid, sha256, size, createdMs, lastModifiedMs }: ServedRow): ServedContent => ({
  filename,
  uuid,
  sha256,
  size: Number(size),
  createdMs: Number(createdMs),
  lastModifiedMs: Number(lastModifiedMs),
});

export type PackageRow = Omit<Package, 'id'>;

/** Every query on catalog entries that replication needs. Only the catalog writes here. */
@Injectable()
export class PackageRepository {
  constructor(private readonly db: Database) {}

  findByKey(filenameKey: string): Promise<Package | null> {
    return this.db.manager.findOneBy(Package, { filenameKey });
  }

  findByKeys(filenameKeys: readonly string[]): Promise<Package[]> {
    return filenameKeys.length === 0 ? Promise.resolve([]) : this.db.manager.findBy(Package, { filenameKey: In(filenameKeys) });
  }

  findById(id: number): Promise<Package | null> {
    return this.db.manager.findOneBy(Package, { id });
  }

  async findByIds(ids: readonly number[]): Promise<Package[]> {
    const found: Package[] = [];
    for (let at = 0; at < ids.length; at += 500)
      found.push(...(await this.db.manager.findBy(Package, { id: In(ids.slice(at, at + 500)) })));
    return found;
  }

  /** The entry whose present content this is; an older version of a name has none. */
  findByUuid(uuid: string): Promise<Package | null> {
    return this.db.manager.findOneBy(Package, { uuid });
  }

  /** The entries whose present content is one of these. */
  findByUuids(uuids: readonly string[]): Promise<Package[]> {
    return uuids.length === 0 ? Promise.resolve([]) : this.db.manager.findBy(Package, { uuid: In(uuids) });
  }

  /** Which of these contents packages have. */
  async findNamed(uuids: readonly string[]): Promise<string[]> {
    if (uuids.length === 0) return [];
    const rows = await this.db.manager.find(Package, { select: { uuid: true }, where: { uuid: In(uuids), deleted: false } });
    return rows.map(({ uuid }) => uuid);
  }

  /** The changes feed: entries in the order of this server's own numbers (MESH §3). */
  findChangedAfter(seq: number, limit: number): Promise<Package[]> {
    return this.db.manager.find(Package, { where: { seq: MoreThan(seq) }, order: { seq: 'ASC' }, take: limit });
  }

  /** Entries in a given state, in the order of their ids, from after `afterId`. */
  findByStatus(statuses: readonly PackageStatus[], afterId: number, limit: number): Promise<Package[]> {
    return this.db.manager.find(Package, {
      where: { status: In(statuses), id: MoreThan(afterId) },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** Those of these contents that are present in the catalog, admitted here and not here yet. */
  async findWanted(uuids: readonly string[]): Promise<string[]> {
    const status = In(wantedStatuses);
    const rows = await this.db.manager.find(Package, { select: { uuid: true }, where: { uuid: In(uuids), status } });
    return rows.map(({ uuid }) => uuid);
  }

  /** Content that is admitted here and not here yet, the newest of this server's own numbers first. */
  findWantedBefore(seq: number, limit: number): Promise<Pick<Package, 'uuid' | 'seq'>[]> {
    return this.db.manager.find(Package, {
      select: { uuid: true, seq: true },
      where: { status: In(wantedStatuses), deleted: false, seq: LessThan(seq) },
      order: { seq: 'DESC' },
      take: limit,
    });
  }

  /** Entries that are not deleted, of one space or of all, in the order of their ids. */
  findPresentAfter(afterId: number, limit: number, space?: Space): Promise<Package[]> {
    const where = { deleted: false, id: MoreThan(afterId), ...(space === undefined ? {} : { space }) };
    return this.db.manager.find(Package, { where, order: { id: 'ASC' }, take: limit });
  }

  /** Entries that are not deleted, the newest first. */
  findNewestPresent(limit: number): Promise<Package[]> {
    return this.db.manager.find(Package, { where: { deleted: false }, order: { createdMs: 'DESC' }, take: limit });
  }

  /** Entries whose stamp is this server's and later than `wallMs`, in the order of their ids. */
  findStampedAfter(iss: string, wallMs: number, limit: number): Promise<Package[]> {
    return this.db.manager.find(Package, { where: { stampIss: iss, stampWallMs: MoreThan(wallMs) }, order: { id: 'ASC' }, take: limit });
  }

  countStampedAfter(wallMs: number): Promise<number> {
    return this.db.manager.countBy(Package, { stampWallMs: MoreThan(wallMs) });
  }

  /** Entries of an author that were written as one record, and so without a signature. */
  findUnsignedOf(stampIss: string, limit: number): Promise<Package[]> {
    return this.db.manager.find(Package, { where: { stampIss, writes: IsNull() }, order: { id: 'ASC' }, take: limit });
  }

  /** Names of a space that are here or wanted here. */
  countHere(space: Space): Promise<number> {
    return this.db.manager.countBy(Package, { space, status: Not(In(['Deleted', 'Withdrawn'])) });
  }

  async insert(row: PackageRow): Promise<Package> {
    const { identifiers } = await this.db.manager.insert(Package, row);
    return { ...row, id: Number((identifiers[0] as { id: number }).id) };
  }

  async insertMany(rows: readonly PackageRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.db.insertRows(Package, rows);
  }

  async replace(id: number, row: PackageRow): Promise<Package> {
    await this.db.manager.update(Package, { id }, row);
    return { ...row, id };
  }

  /** The content of an entry in force is served from now on. */
  async setServed(id: number, change: Pick<Package, 'seq' | 'updatedMs' | 'servedUuid' | 'lastModifiedMs'>): Promise<void> {
    await this.db.manager.update(Package, { id }, { ...change, status: 'Public' });
  }

  /** Nothing is served under the name any more. */
  async clearServed(id: number, updatedMs: number): Promise<void> {
    await this.db.manager.update(Package, { id }, { servedUuid: null, updatedMs });
  }

  /** What downloads get under a name. Size, digest and date are those of the content itself, never an entry's claim about it. */
  async findServed(filenameKey: string): Promise<ServedContent | null> {
    const row = await this.selectServed().where({ filenameKey }).getRawOne<ServedRow>();
    return row ? servedOf(row) : null;
  }

  /** What downloads get under which key, at most so many. */
  async listServed(limit: number): Promise<(ServedContent & { readonly filenameKey: string })[]> {
    const rows = await this.selectServed()
      .addSelect('package.filenameKey', 'filenameKey')
      .limit(limit)
      .getRawMany<ServedRow & { filenameKey: string }>();
    return rows.map((row) => ({ ...servedOf(row), filenameKey: row.filenameKey }));
  }

  private selectServed(): SelectQueryBuilder<Package> {
    return this.db.manager
      .createQueryBuilder(Package, 'package')
      .innerJoin(Content, 'content', 'content.uuid = package.servedUuid')
      .select('package.filename', 'filename')
      .addSelect('content.uuid', 'uuid')
      .addSelect('content.size', 'size')
      .addSelect('content.sha256', 'sha256')
      .addSelect('content.createdMs', 'createdMs')
      .addSelect('package.lastModifiedMs', 'lastModifiedMs');
  }

  /** Changes local state only; false when the entry has another content by now. */
  async setStatus(uuid: string, status: PackageStatus, updatedMs: number): Promise<boolean> {
    const { affected } = await this.db.manager.update(Package, { uuid, deleted: false }, { status, updatedMs });
    return affected === 1;
  }
}
