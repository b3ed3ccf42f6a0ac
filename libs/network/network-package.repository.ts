import { Injectable } from '@nestjs/common';
import { In, MoreThan, Not } from 'typeorm';
import { Package, wantedStatuses } from '#libs/entities/package.entity.js';
import { ReplicationSettings } from '#libs/entities/replication-settings.entity.js';
import { Transfer } from '#libs/entities/transfer.entity.js';
import { Database } from '#libs/platform/database/database.js';
import type { DigestedEntry } from '#libs/replication/catalog-digest.js';

/** Uuids asked for in one statement. */
const MOST_AT_ONCE = 500;
const digested = {
  id: true,
  seq: true,
  filenameKey: true,
  uuid: true,
  stampWallMs: true,
  stampCounter: true,
  stampIss: true,
  deleted: true,
  stage: true,
  space: true,
  contentStamp: true,
  stageStamp: true,
  notesStamp: true,
  deletionStamp: true,
} as const;

export type DigestRow = DigestedEntry & { readonly seq: number };
export type WantedRow = Pick<Package, 'uuid' | 'status' | 'size'>;
export type PresentRow = Pick<Package, 'id' | 'uuid' | 'stage'>;

/** What the network view asks about packages and transfers. */
@Injectable()
export class NetworkPackageRepository {
  constructor(private readonly db: Database) {}

  /** In the order of this server's own numbers. */
  findChangedAfter(seq: number, limit: number): Promise<DigestRow[]> {
    return this.db.manager.find(Package, { select: digested, where: { seq: MoreThan(seq) }, order: { seq: 'ASC' }, take: limit });
  }

  /** Whether an administrator lets this server hold content for others. */
  async holdsTransitCopies(): Promise<boolean> {
    return (await this.db.manager.findOneBy(ReplicationSettings, { id: 1 }))?.relay === true;
  }

  countWanted(): Promise<number> {
    return this.db.manager.countBy(Package, { status: In(wantedStatuses) });
  }

  async findWantedIds(): Promise<number[]> {
    const rows = await this.db.manager.find(Package, { select: { id: true }, where: { status: In(wantedStatuses) } });
    return rows.map(({ id }) => id);
  }

  /** The newest of what is admitted here and not here. */
  findNewestWanted(limit: number): Promise<WantedRow[]> {
    const select = { uuid: true, status: true, size: true } as const;
    return this.db.manager.find(Package, { select, where: { status: In(wantedStatuses) }, order: { seq: 'DESC' }, take: limit });
  }

  /** Those of these contents that are admitted here and not here. */
  findWanted(uuids: readonly string[]): Promise<WantedRow[]> {
    return this.inParts(uuids, (part) => this.db.manager.findBy(Package, { uuid: In(part), status: In(wantedStatuses) }));
  }

  async findActiveUuids(limit: number): Promise<string[]> {
    const rows = await this.db.manager.find(Transfer, {
      select: { uuid: true },
      where: { state: 'active' },
      order: { id: 'ASC' },
      take: limit,
    });
    return rows.map(({ uuid }) => uuid);
  }

  findTransfers(uuids: readonly string[]): Promise<Transfer[]> {
    return this.inParts(uuids, (part) => this.db.manager.findBy(Transfer, { uuid: In(part), state: Not('done') }));
  }

  findPresent(uuids: readonly string[]): Promise<PresentRow[]> {
    const select = { id: true, uuid: true, stage: true } as const;
    return this.inParts(uuids, (part) => this.db.manager.find(Package, { select, where: { uuid: In(part), deleted: false } }));
  }

  findByIds(ids: readonly number[]): Promise<Package[]> {
    return this.db.manager.find(Package, { where: { id: In(ids), deleted: false }, order: { id: 'ASC' } });
  }

  private async inParts<Row>(uuids: readonly string[], find: (part: readonly string[]) => Promise<Row[]>): Promise<Row[]> {
    const rows: Row[] = [];
    for (let at = 0; at < uuids.length; at += MOST_AT_ONCE) rows.push(...(await find(uuids.slice(at, at + MOST_AT_ONCE))));
    return rows;
  }
}
