import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan, MoreThan, Not } from 'typeorm';
import { Removal } from '#libs/entities/removal.entity.js';
import { Database } from '#libs/platform/database/database.js';

export type MadeRemoval = Pick<Removal, 'filename' | 'kind' | 'isOwn' | 'atMs'>;
export type HeldRemoval = Pick<Removal, 'filename' | 'kind' | 'atMs'> & { heldKey: string; peerIss: string; entry: string };

/** Every query on packages that were taken away, or wait to be. */
@Injectable()
export class RemovalRepository {
  constructor(private readonly db: Database) {}

  async insertMade(removals: readonly MadeRemoval[]): Promise<void> {
    if (removals.length === 0) return;
    await this.insert(removals.map((removal) => ({ ...removal, heldKey: null, peerIss: null, entry: null })));
  }

  /** A name that is held already is held with the newer entry. */
  async hold(removals: readonly HeldRemoval[]): Promise<void> {
    await this.release(removals.map(({ heldKey }) => heldKey));
    await this.insert(removals.map((removal) => ({ ...removal, isOwn: false })));
  }

  async release(heldKeys: readonly string[]): Promise<void> {
    if (heldKeys.length > 0) await this.db.manager.delete(Removal, { heldKey: In(heldKeys) });
  }

  findHeld(limit: number): Promise<Removal[]> {
    return this.db.manager.find(Removal, { where: { heldKey: Not(IsNull()) }, order: { id: 'ASC' }, take: limit });
  }

  findHeldByKeys(heldKeys: readonly string[]): Promise<Removal[]> {
    return heldKeys.length === 0 ? Promise.resolve([]) : this.db.manager.findBy(Removal, { heldKey: In(heldKeys) });
  }

  countHeld(): Promise<number> {
    return this.db.manager.countBy(Removal, { heldKey: Not(IsNull()) });
  }

  countMadeAfter(atMs: number, isOwn: boolean): Promise<number> {
    return this.db.manager.countBy(Removal, { heldKey: IsNull(), isOwn, atMs: MoreThan(atMs) });
  }

  async forgetMadeBefore(atMs: number): Promise<void> {
    await this.db.manager.delete(Removal, { heldKey: IsNull(), atMs: LessThan(atMs) });
  }

  private async insert(rows: readonly Omit<Removal, 'id'>[]): Promise<void> {
    await this.db.manager
      .createQueryBuilder()
      .insert()
      .into(Removal)
      .values([...rows])
      .updateEntity(false)
      .execute();
  }
}
