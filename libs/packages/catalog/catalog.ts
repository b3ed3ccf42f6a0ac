import { Injectable } from '@nestjs/common';
import type { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import type { Package } from '#libs/entities/package.entity.js';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { Clock } from '#libs/platform/clock.js';
import { OwnClock } from '#libs/peers/clocks/own-clock.js';
import { Database } from '#libs/platform/database/database.js';
import { flatten, type Registers, writesOf } from '#libs/replication/register.js';
import type { Stage } from '#libs/replication/stage.js';
import { nextStamp, sobered, latestStampMs } from '#libs/replication/clock-comparison.js';
import { type ClockState, MAX_AHEAD_MS, type Stamp, tick } from '#libs/replication/stamp.js';
import { CatalogClockRepository } from './catalog-clock.repository.js';
import { CatalogRows, type Change } from './catalog-rows.js';
import { ContentBindings } from './content-bindings.js';
import { filenameKey } from '../filename.js';
import { mergeInForce } from '#libs/replication/merge-in-force.js';
import { registersOf } from './registers-of.js';
import { VersionLog } from './version-log.js';
import { authorInForce, displacedBy } from '#libs/replication/displaced-versions.js';
import { type Draft, restampOwnWrites, signDraft, signOwnWrites } from './write-signer.js';
import { PackageRepository } from '../package.repository.js';
import { requireStages } from '../stage-limit.js';
import type { MadeChange } from './guarded-change.repository.js';
import { MassChangeGuard, type Proposal } from './mass-change-guard.js';
import { type Arrival, contentUuidIn, type MergeOptions, MergePlan, type MergeResult } from './merge-plan.js';

export interface WriteOptions {
  /** The write is later than this stamp, too. */
  readonly seen?: Stamp;
  /** A destructive change counts for the mass change guard, and is refused past its limit: MassChangeUnconfirmed. */
  readonly mustConfirm?: boolean;
}

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
    private readonly bindings: ContentBindings,
    private readonly guard: MassChangeGuard,
    private readonly versions: VersionLog,
    private readonly identity: ServerIdentity,
    private readonly ownClock: OwnClock,
    private readonly clock: Clock,
  ) {}

  /**
   * A write of this server, signed with its key; OwnClock.requireRight comes before the transaction. `decide` sees the entry in force
   * (also a tombstone) under the catalog's lock, and answers which parts change or throws a domain error, which undoes the caller's
   * whole transaction.
   */
  async write(
    filename: string,
    decide: (current: Package | null) => Draft | Promise<Draft>,
    { seen, mustConfirm = false }: WriteOptions = {},
  ): Promise<Package> {
    const { iss, stage, privateKey } = await this.identity.get();
    const verdict = await this.ownClock.requireKnownRight();
    return this.db.transaction(async () => {
      const clock = await this.clocks.lock();
      const now = this.clock.now();
      const current = await this.packages.findByKey(filenameKey(filename));
      const before = current && registersOf(current);
      const draft = await decide(current);
      const known = before ? writesOf(before).map(({ stamp }) => stamp) : [];
      const next = nextStamp(clock, [...known, ...(seen ? [seen] : [])], now, verdict);
      const update = signDraft(draft, filename, before, { stamp: { ...next, iss }, privateKey });
      const after = mergeInForce(before, update, latestStampMs(now, verdict));
      if (!after) throw new Error(`The first write of ${filename} must have content, stage and notes.`);
      const entry = flatten(after);
      requireStages(entry.stage, ...(current && !current.deleted ? [current.stage] : []));
      if (mustConfirm) await this.guard.checkOwn(entry, current, stage);
      await this.guard.countMade(this.guard.made(current, entry, stage, true));
      const keptAuthor = authorInForce(after);
      await this.versions.keep(before ? displacedBy(before, update).map((version) => ({ ...version, keptAuthor })) : []);
      const changed = await this.apply(after, current, clock.seq + 1, stage);
      await this.commitClock(clock, next, clock.seq + 1);
      return changed;
    });
  }

  /**
   * Merges what a peer sent, of which every signature was verified: one transaction, one lock. What `from` sends passes the mass change
   * guard within it.
   */
  async merge(arrivals: readonly Arrival[], options: MergeOptions = {}): Promise<MergeResult> {
    if (arrivals.length === 0) return { taken: 0, refused: [] };
    const { stage } = await this.identity.get();
    const { from } = options;
    const latestMs = await this.ownClock.latestStampMs();
    return this.db.transaction(async () => {
      const clock = await this.clocks.lock();
      const plan = await this.plan(arrivals, latestMs, options);
      const news = plan.news();
      const accepted = from ? await this.guard.sieve(from, news, stage) : news;
      const made: MadeChange[] = [];
      const fresh: Change[] = [];
      let { seq } = clock;
      for (const { row, after, entry } of accepted) {
        seq += 1;
        const change = { registers: after, current: row, seq, serverStage: stage, now: this.clock.now() };
        if (from) made.push(...this.guard.made(row, entry, stage, false));
        if (row) await this.rows.apply(change);
        else fresh.push(change);
      }
      await this.rows.applyNew(fresh);
      await this.versions.keep(plan.displaced(new Set(accepted.map(({ key }) => key))));
      await this.guard.countMade(made);
      await this.commitClock(clock, plan.seen(clock), seq);
      return { taken: seq - clock.seq, refused: plan.refused };
    });
  }

  /** What arrivals would change, were they merged now. */
  async foresee(arrivals: readonly Arrival[]): Promise<Proposal[]> {
    return (await this.plan(arrivals, await this.ownClock.latestStampMs(), {})).news();
  }

  private async plan(arrivals: readonly Arrival[], latestMs: number | null, { admit }: MergeOptions): Promise<MergePlan> {
    const rows = await this.packages.findByKeys(arrivals.map(({ filename }) => filenameKey(filename)));
    const uuids = arrivals.map(contentUuidIn).filter((uuid) => uuid !== undefined);
    const plan = new MergePlan(rows, await this.bindings.known([...new Set(uuids)]), latestMs);
    for (const arrival of arrivals) plan.add(arrival, admit);
    return plan;
  }

  /**
   * The verified bytes of a content are on disk now: the entry stays, this server's holding changes, and peers are notified
   * (a new sequence number, MESH §3). Null when the content is no longer what this server wants.
   */
  async markHeld(uuid: string, manifest: Buffer): Promise<Package | null> {
    return this.updateHolding(uuid, () => this.rows.markOnDisk(uuid, manifest, this.clock.now()));
  }

  /**
   * The same for many at once, all to be served here; answers the entries. Those that are no longer what this server wants, or not
   * for its stage, are left out and unchanged. The caller makes their links.
   */
  async markHeldMany(contents: readonly { readonly uuid: string; readonly manifest: Buffer }[]): Promise<Package[]> {
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

  /** The bytes of a content are gone or damaged: it is no longer served, peers are notified, and it is wanted again. */
  async markMissing(uuid: string): Promise<Package | null> {
    const lost = await this.updateHolding(uuid, () => this.rows.markGone(uuid));
    if (!lost) await this.db.transaction(() => this.rows.stopServing(uuid, this.clock.now()), { canBeLost: true });
    return lost;
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
        await this.rows.apply({ registers: registersOf(row), current: row, seq, serverStage: stage, now: this.clock.now() });
      }
      await this.commitClock(clock, clock, seq);
      return rows.at(-1)?.id ?? null;
    });
  }

  /**
   * Gives own entries that are stamped later than `latestMs` a stamp of now, and the hybrid clock the same: other servers refused what a wrong
   * clock had stamped, and take this. Call until it answers 0. Answers how many.
   */
  async restamp(latestMs: number, limit: number): Promise<number> {
    const { iss, stage, privateKey } = await this.identity.get();
    const now = this.clock.now();
    const verdict = { state: 'right', offsetMs: latestMs - MAX_AHEAD_MS - now } as const;
    return this.db.transaction(async () => {
      const clock = await this.clocks.lock();
      const rows = await this.packages.findStampedAfter(iss, latestMs, limit);
      let next = sobered(clock, now, verdict);
      let { seq } = clock;
      for (const row of rows) {
        next = tick(next, now);
        seq += 1;
        await this.apply(restampOwnWrites(registersOf(row), latestMs, { stamp: { ...next, iss }, privateKey }), row, seq, stage);
      }
      await this.clocks.save({ seq, ...next });
      await this.rows.announce(); // the summary of this server is due, too
      return rows.length;
    });
  }

  /**
   * Signs entries that this server wrote before it signed; stamps and values stay as they are. Answers how many; 0 when there are no
   * more.
   */
  async signOwn(limit: number): Promise<number> {
    const { iss, stage, privateKey } = await this.identity.get();
    return this.db.transaction(async () => {
      const clock = await this.clocks.lock();
      const rows = await this.packages.findUnsignedOf(iss, limit);
      let { seq } = clock;
      for (const row of rows) {
        seq += 1;
        await this.apply(signOwnWrites(registersOf(row), iss, privateKey), row, seq, stage);
      }
      await this.commitClock(clock, clock, seq);
      return rows.length;
    });
  }

  private async updateHolding(uuid: string, change: () => Promise<void>): Promise<Package | null> {
    const { stage } = await this.identity.get();
    return this.db.transaction(
      async () => {
        const clock = await this.clocks.lock();
        const row = await this.packages.findByUuid(uuid);
        if (!row || row.deleted) return null;
        await change();
        const seq = clock.seq + 1;
        const changed = await this.rows.apply({
          registers: registersOf(row),
          current: row,
          seq,
          serverStage: stage,
          now: this.clock.now(),
        });
        await this.commitClock(clock, clock, seq);
        return changed;
      },
      { canBeLost: true },
    );
  }

  private async apply(registers: Registers, current: Package | null, seq: number, serverStage: Stage): Promise<Package> {
    return this.rows.apply({ registers, current, seq, serverStage, now: this.clock.now() });
  }

  private async commitClock(before: CatalogClock, after: ClockState, seq: number): Promise<void> {
    await this.clocks.save({ seq, wallMs: after.wallMs, counter: after.counter });
    if (seq !== before.seq) await this.rows.announce();
  }
}
