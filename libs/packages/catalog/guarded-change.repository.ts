import { Injectable } from '@nestjs/common';
import { type FindOperator, In, IsNull, LessThan, Like, MoreThan, Not } from 'typeorm';
import { GuardedChange } from '#libs/entities/guarded-change.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { MUNKI_PREFIX, type Space } from '#libs/replication/space.js';
import type { DestructiveKind } from '#libs/replication/mass-change-policy.js';

export type MadeChange = Pick<GuardedChange, 'filename' | 'kind' | 'isOwn' | 'atMs'>;
export type HeldChange = Pick<GuardedChange, 'filename' | 'kind' | 'atMs'> & { heldKey: string; peerIss: string; entry: string };

/** Which changes that were made are counted. */
export interface MadeFilter {
  readonly afterMs: number;
  readonly space: Space;
  readonly isOwn?: boolean;
  readonly kinds?: readonly DestructiveKind[];
  /** Only of these names; all of the space when left out. */
  readonly filenames?: readonly string[];
}

const ofMunki = () => Like(`${MUNKI_PREFIX}%`);
const namesIn = (space: Space): FindOperator<string> => (space === 'munki' ? ofMunki() : Not(ofMunki()));

/** Every query on destructive changes that were made, or are held. */
@Injectable()
export class GuardedChangeRepository {
  constructor(private readonly db: Database) {}

  async insertMade(changes: readonly MadeChange[]): Promise<void> {
    if (changes.length === 0) return;
    await this.insert(changes.map((change) => ({ ...change, heldKey: null, peerIss: null, entry: null })));
  }

  /** A name that is held already is held with the newer entry. */
  async hold(changes: readonly HeldChange[]): Promise<void> {
    await this.release(changes.map(({ heldKey }) => heldKey));
    await this.insert(changes.map((change) => ({ ...change, isOwn: false })));
  }

  async release(heldKeys: readonly string[]): Promise<void> {
    if (heldKeys.length > 0) await this.db.manager.delete(GuardedChange, { heldKey: In(heldKeys) });
  }

  findHeld(limit: number): Promise<GuardedChange[]> {
    return this.db.manager.find(GuardedChange, { where: { heldKey: Not(IsNull()) }, order: { id: 'ASC' }, take: limit });
  }

  findHeldByKeys(heldKeys: readonly string[]): Promise<GuardedChange[]> {
    return heldKeys.length === 0 ? Promise.resolve([]) : this.db.manager.findBy(GuardedChange, { heldKey: In(heldKeys) });
  }

  /** In one space, or altogether. */
  countHeld(space?: Space): Promise<number> {
    return this.db.manager.countBy(GuardedChange, { heldKey: Not(IsNull()), ...(space === undefined ? {} : { filename: namesIn(space) }) });
  }

  /** How many packages were changed: a name that was changed twice is one. */
  async countMade({ afterMs, space, isOwn, kinds, filenames }: MadeFilter): Promise<number> {
    if (filenames?.length === 0) return 0;
    const query = this.db.manager.createQueryBuilder(GuardedChange, 'made').select('COUNT(DISTINCT made.filename)', 'count');
    query.where({
      heldKey: IsNull(),
      atMs: MoreThan(afterMs),
      ...(isOwn === undefined ? {} : { isOwn }),
      ...(kinds ? { kind: In(kinds) } : {}),
      filename: filenames ? In(filenames) : namesIn(space),
    });
    return Number((await query.getRawOne<{ count: number | string }>())!.count);
  }

  async removeMadeBefore(atMs: number): Promise<void> {
    await this.db.manager.delete(GuardedChange, { heldKey: IsNull(), atMs: LessThan(atMs) });
  }

  private async insert(rows: readonly Omit<GuardedChange, 'id'>[]): Promise<void> {
    await this.db.insertRows(GuardedChange, rows);
  }
}
