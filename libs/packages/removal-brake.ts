import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import type { Package } from '#libs/entities/package.entity.js';
import type { RemovalKind } from '#libs/entities/removal.entity.js';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import { type Entry, supersedes } from '#libs/replication/entry.js';
import { isMassRemoval } from '#libs/replication/removal-brake.js';
import { admits } from '#libs/replication/stage.js';
import { toWire } from '#libs/replication/wire-entry.js';
import { entryOf } from './entry-of.js';
import { filenameKey } from './filename.js';
import { PackageRepository } from './package.repository.js';
import { MassDeleteUnconfirmed } from './packages.errors.js';
import { RemovalRepository } from './removal.repository.js';

interface Candidate {
  readonly entry: Entry;
  readonly kind: RemovalKind;
}

const isHere = (row: Package): boolean => row.status !== 'Deleted' && row.status !== 'Withdrawn';

/** Holds what would take a large part of the packages away within a short time, until people have said that it is meant. */
@Injectable()
export class RemovalBrake {
  constructor(
    private readonly db: Database,
    private readonly packages: PackageRepository,
    private readonly removals: RemovalRepository,
    private readonly identity: ServerIdentity,
    private readonly audit: AuditTrail,
    private readonly events: DomainEvents,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** One more removal that people of this server ask for. Throws MassDeleteUnconfirmed. */
  async checkOwn(): Promise<void> {
    const removals = (await this.removals.countMadeAfter(this.windowStart, true)) + 1;
    if (!(await this.isMass(removals))) return;
    throw new MassDeleteUnconfirmed(removals, this.config.get('MASS_DELETE_WINDOW_MINUTES'));
  }

  /** Answers those entries of a peer that may be merged; the others are held, durably. */
  async sieve(peer: { readonly iss: string; readonly name: string }, entries: readonly Entry[]): Promise<Entry[]> {
    const candidates = await this.findRemovals(entries);
    if (candidates.length === 0) return [...entries];
    const known = (await this.removals.countMadeAfter(this.windowStart, false)) + (await this.removals.countHeld());
    if (!(await this.isMass(known + candidates.length))) return [...entries];
    await this.hold(peer, candidates);
    const held = new Set(candidates.map(({ entry }) => entry));
    return entries.filter((entry) => !held.has(entry));
  }

  /** Removals that no longer count. */
  async forgetOld(): Promise<void> {
    await this.removals.forgetMadeBefore(this.windowStart);
  }

  private async findRemovals(entries: readonly Entry[]): Promise<Candidate[]> {
    const { stage } = await this.identity.get();
    const suspects = entries.filter((entry) => entry.deleted || !admits(stage, entry.stage));
    const rows = await this.packages.findByKeys(suspects.map(({ filename }) => filenameKey(filename)));
    const here = new Map(rows.filter(isHere).map((row) => [row.filenameKey, row]));
    return suspects.flatMap((entry): Candidate[] => {
      const row = here.get(filenameKey(entry.filename));
      if (!row || !supersedes(entry, entryOf(row))) return [];
      return [{ entry, kind: entry.deleted ? 'delete' : 'withdraw' }];
    });
  }

  private async hold(peer: { readonly iss: string; readonly name: string }, candidates: readonly Candidate[]): Promise<void> {
    const newest = new Map<string, Candidate>();
    for (const candidate of candidates) {
      const key = filenameKey(candidate.entry.filename);
      const other = newest.get(key);
      if (!other || supersedes(candidate.entry, other.entry)) newest.set(key, candidate);
    }
    const atMs = this.clock.now();
    await this.db.transaction(async () => {
      const known = await this.removals.findHeldByKeys([...newest.keys()]);
      const held = new Map(known.map((row) => [row.heldKey, row.entry]));
      const news = [...newest].filter(([key, { entry }]) => held.get(key) !== JSON.stringify(toWire(entry)));
      if (news.length === 0) return;
      await this.removals.hold(
        news.map(([heldKey, { entry, kind }]) => ({
          ...{ heldKey, kind, atMs, filename: entry.filename, peerIss: peer.iss },
          entry: JSON.stringify(toWire(entry)),
        })),
      );
      await this.audit.record({ action: 'deletes.held', subject: peer.name, details: { packages: news.length } });
      await this.events.record('deletes.held', { peer: peer.name, packages: news.length, total_held: await this.removals.countHeld() });
    });
  }

  /** How many packages there were is only asked when there are removals enough: most deletes are single ones. */
  private async isMass(removals: number): Promise<boolean> {
    const policy = { packages: this.config.get('MASS_DELETE_PACKAGES'), percent: this.config.get('MASS_DELETE_PERCENT') };
    if (!isMassRemoval(policy, { removals, packages: 0 })) return false;
    const made = await this.removals.countMadeAfter(this.windowStart, true);
    const byPeers = await this.removals.countMadeAfter(this.windowStart, false);
    return isMassRemoval(policy, { removals, packages: (await this.packages.countHere()) + made + byPeers });
  }

  private get windowStart(): number {
    return this.clock.now() - this.config.get('MASS_DELETE_WINDOW_MINUTES') * 60_000;
  }
}
