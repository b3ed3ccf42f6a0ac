import { Injectable } from '@nestjs/common';
import type { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { supersedes, type Entry } from '#libs/replication/entry.js';
import type { Stage } from '#libs/replication/stage.js';
import { type ClockState, type Stamp, tick, witness } from '#libs/replication/stamp.js';
import { CatalogClockRepository } from './catalog-clock.repository.js';
import { CatalogRows, type Change } from './catalog-rows.js';
import { filenameKey } from './filename.js';
import { entryOf } from './entry-of.js';
import { PackageRepository } from './package.repository.js';
import { requireStages } from './stage-limit.js';
import { type MadeRemoval, RemovalRepository } from './removal.repository.js';

/** What a local write says; stamp and sequence number are the catalog's to give. */
export type EntryDraft = Omit<Entry, 'stamp'>;

/**
 * The replicated catalog (MESH §2, §3). Each change takes the catalog's one lock, gets the next sequence number in the
 * same transaction, and leaves behind the jobs that follow from it; so numbers are gapless and in commit order.
 */
@Injectable()
export class Catalog {
  constructor(
    private readonly db: Database,
    private readonly clocks: CatalogClockRepository,
    private readonly packages: PackageRepository,
    private readonly rows: CatalogRows,
    private readonly removals: RemovalRepository,
    private readonly identity: ServerIdentity,
    private readonly clock: Clock,
  ) {}

  /**
   * A write of this server. `decide` sees the entry in force (also a tombstone) under the catalog's lock, and answers the
   * new one or throws a domain error, which undoes the caller's whole transaction. The write is later than `seen`, too, when
   * that is told.
   */
  async write(filename: string, decide: (current: Package | null) => EntryDraft | Promise<EntryDraft>, seen?: Stamp): Promise<Package> {
    const { iss, stage } = await this.identity.get();
    return this.db.transaction(async () => {
      const clock = await this.clocks.lock();
      const current = await this.packages.findByKey(filenameKey(filename));
      const draft = await decide(current);
      requireStages(draft.stage, ...(current && !current.deleted ? [current.stage] : []));
      const next = tick(seen ? witness(clock, seen) : clock, this.clock.now());
      const changed = await this.apply({ ...draft, stamp: { ...next, iss } }, current, clock.seq + 1, stage);
      await this.commitClock(clock, next, clock.seq + 1);
      await this.removals.insertMade(this.removalOf(current, changed, true));
      return changed;
    });
  }

  /** Merges what a peer told (MESH §2): one transaction, one lock. Answers how many entries were news. */
  async merge(entries: readonly Entry[]): Promise<number> {
    if (entries.length === 0) return 0;
    const { stage } = await this.identity.get();
    return this.db.transaction(async () => {
      const clock = await this.clocks.lock();
      const known = await this.packages.findByKeys(entries.map(({ filename }) => filenameKey(filename)));
      const current = new Map(known.map((row) => [row.filenameKey, row]));
      let { seq } = clock;
      let seen: ClockState = clock;
      const removed: MadeRemoval[] = [];
      const fresh = new Map<string, Change>();
      for (const entry of entries) {
        seen = witness(seen, entry.stamp);
        const key = filenameKey(entry.filename);
        const row = current.get(key) ?? null;
        const told = fresh.get(key);
        if (!supersedes(entry, told?.entry ?? (row && entryOf(row)))) continue;
        if (!told) seq += 1;
        if (!row) {
          fresh.set(key, { entry, current: null, seq: told?.seq ?? seq, serverStage: stage, now: this.clock.now() });
          continue;
        }
        const changed = await this.apply(entry, row, seq, stage);
        current.set(key, changed);
        removed.push(...this.removalOf(row, changed, false));
      }
      await this.rows.applyNew([...fresh.values()]);
      await this.removals.insertMade(removed);
      await this.commitClock(clock, seen, seq);
      return seq - clock.seq;
    });
  }

  /**
   * The verified bytes of a content are on disk now: the entry stays, this server's holding changes, and peers are told
   * (a new sequence number, MESH §3). Null when the content is no longer what this server wants.
   */
  async gained(uuid: string, manifest: Buffer): Promise<Package | null> {
    return this.rehold(uuid, () => this.rows.markOnDisk(uuid, manifest, this.clock.now()));
  }

  /**
   * The same for many at once, all to be served here; answers the entries. Those that are no longer what this server wants, or not
   * for its stage, are left out and unchanged. The caller makes their links.
   */
  async gainedMany(contents: readonly { readonly uuid: string; readonly manifest: Buffer }[]): Promise<Package[]> {
    const { stage } = await this.identity.get();
    const manifests = new Map(contents.map(({ uuid, manifest }) => [uuid, manifest]));
    return this.db.transaction(
      async () => {
        const clock = await this.clocks.lock();
        const served: Package[] = [];
        for (const row of await this.packages.findByUuids([...manifests.keys()])) {
          if (row.deleted || row.status === 'Public') continue;
          const changed = await this.rows.serve(row, manifests.get(row.uuid)!, clock.seq + served.length + 1, stage, this.clock.now());
          if (changed) served.push(changed);
        }
        await this.commitClock(clock, clock, clock.seq + served.length);
        return served;
      },
      { canBeLost: true },
    );
  }

  /** The bytes of a content are gone or damaged: it is not served any more, peers are told, and it is wanted again. */
  async lost(uuid: string): Promise<Package | null> {
    return this.rehold(uuid, () => this.rows.markGone(uuid));
  }

  /** Decides anew what the entries after `afterId` mean for this server, whose stage has changed. Answers the last id, null at the end. */
  async replace(afterId: number, limit: number): Promise<number | null> {
    const { stage } = await this.identity.get();
    return this.db.transaction(async () => {
      const clock = await this.clocks.lock();
      const rows = await this.packages.findPresentAfter(afterId, limit);
      let { seq } = clock;
      for (const row of rows) {
        seq += 1;
        await this.rows.apply({ entry: entryOf(row), current: row, seq, serverStage: stage, now: this.clock.now() });
      }
      await this.commitClock(clock, clock, seq);
      return rows.at(-1)?.id ?? null;
    });
  }

  private async rehold(uuid: string, change: () => Promise<void>): Promise<Package | null> {
    const { stage } = await this.identity.get();
    return this.db.transaction(
      async () => {
        const clock = await this.clocks.lock();
        const row = await this.packages.findByUuid(uuid);
        if (!row || row.deleted) return null;
        await change();
        const seq = clock.seq + 1;
        const changed = await this.rows.apply({ entry: entryOf(row), current: row, seq, serverStage: stage, now: this.clock.now() });
        await this.commitClock(clock, clock, seq);
        return changed;
      },
      { canBeLost: true },
    );
  }

  /** What was here, or wanted, and is not any more. */
  private removalOf(before: Package | null, { filename, status }: Package, isOwn: boolean): MadeRemoval[] {
    const isGone = status === 'Deleted' || status === 'Withdrawn';
    if (!isGone || before === null || before.status === 'Deleted' || before.status === 'Withdrawn') return [];
    return [{ filename, isOwn, kind: status === 'Deleted' ? 'delete' : 'withdraw', atMs: this.clock.now() }];
  }

  private async apply(entry: Entry, current: Package | null, seq: number, serverStage: Stage): Promise<Package> {
    return this.rows.apply({ entry, current, seq, serverStage, now: this.clock.now() });
  }

  private async commitClock(before: CatalogClock, after: ClockState, seq: number): Promise<void> {
    await this.clocks.save({ seq, wallMs: after.wallMs, counter: after.counter });
    if (seq !== before.seq) await this.rows.announce();
  }
}
