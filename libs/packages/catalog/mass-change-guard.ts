import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { DomainEvents } from '#libs/events/domain-events.js';
import type { Package } from '#libs/entities/package.entity.js';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import type { Entry } from '#libs/replication/entry.js';
import { type DestructiveKind, destructionBy, isMassChange } from '#libs/replication/mass-change-policy.js';
import { type Space, spaceOf, spaces } from '#libs/replication/space.js';
import type { Stage } from '#libs/replication/stage.js';
import type { Update } from '#libs/replication/register.js';
import { writeProposal } from './held-proposal.js';
import { entryOf } from './registers-of.js';
import { PackageRepository } from '../package.repository.js';
import { MassChangeUnconfirmed } from '../packages.errors.js';
import { GuardedChangeRepository, type MadeChange } from './guarded-change.repository.js';

/** The server that sent entries, as it is named to people. */
export interface Sender {
  readonly iss: string;
  readonly name: string;
  /** Where more destructive changes came with these entries than may be merged without asking: `MassChangeGuard.massAltogether`. */
  readonly massChangeIn?: ReadonlySet<Space>;
}

/** What a name would come to, and the writes that make it so. */
export interface Proposal {
  readonly key: string;
  readonly row: Package | null;
  readonly entry: Entry;
  readonly update: Update;
}

interface Candidate extends Proposal {
  readonly kind: DestructiveKind;
}

/** Changes after which a package is not counted among those that are here. */
const removing: readonly DestructiveKind[] = ['delete', 'withdraw'];

/** `entry` is what the row would come to. */
function kindOf(entry: Entry, row: Package | null, serverStage: Stage): DestructiveKind | null {
  if (!row) return null;
  const isHere = row.status !== 'Deleted' && row.status !== 'Withdrawn';
  return destructionBy(entry, { ...entryOf(row), isHere, isServed: row.servedUuid !== null }, serverStage);
}

/** Holds what would destroy a large part of the packages within a short time, until an administrator has confirmed it. */
@Injectable()
export class MassChangeGuard {
  constructor(
    private readonly packages: PackageRepository,
    private readonly changes: GuardedChangeRepository,
    private readonly identity: ServerIdentity,
    private readonly audit: AuditTrail,
    private readonly events: DomainEvents,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** One more destructive change that is made at this server; under the catalog's lock. Throws MassChangeUnconfirmed. */
  async checkOwn(entry: Entry, current: Package | null, serverStage: Stage): Promise<void> {
    if (!current || kindOf(entry, current, serverStage) === null) return;
    const made = { afterMs: this.windowStart, space: spaceOf(current.filename), isOwn: true };
    const isCounted = (await this.changes.countMade({ ...made, filenames: [current.filename] })) > 0;
    const changed = (await this.changes.countMade(made)) + (isCounted ? 0 : 1);
    if (await this.isMass(changed, made.space)) throw new MassChangeUnconfirmed(changed, this.config.get('MASS_DELETE_WINDOW_MINUTES'));
  }

  /** Whether so many packages more of a space, deleted or replaced at this server now, would be too many to do so without asking. */
  async wouldBeMass(changes: number, space: Space): Promise<boolean> {
    return this.isMass(await this.countWith(changes, space), space);
  }

  /** The same before many changes are made one by one. Throws MassChangeUnconfirmed. */
  async requireFew(changes: number, space: Space): Promise<void> {
    const changed = await this.countWith(changes, space);
    if (await this.isMass(changed, space)) throw new MassChangeUnconfirmed(changed, this.config.get('MASS_DELETE_WINDOW_MINUTES'));
  }

  private async countWith(changes: number, space: Space): Promise<number> {
    return changes + (await this.changes.countMade({ afterMs: this.windowStart, space, isOwn: true }));
  }

  /** The change of a row as it is counted from now on; none when it destroyed nothing. */
  made(before: Package | null, entry: Entry, serverStage: Stage, isOwn: boolean): MadeChange[] {
    const kind = before && kindOf(entry, before, serverStage);
    return kind ? [{ filename: before.filename, kind, isOwn, atMs: this.clock.now() }] : [];
  }

  async countMade(changes: readonly MadeChange[]): Promise<void> {
    await this.changes.insertMade(changes);
  }

  /**
   * Where what one sender sent at once is too much, though it is merged in several transactions. It is asked before them, so it
   * only ever adds to what `sieve` holds.
   */
  async massAltogether(proposals: readonly Proposal[]): Promise<ReadonlySet<Space>> {
    const { stage } = await this.identity.get();
    if (proposals.length < this.policy.packages) return new Set();
    return this.tooMuchIn(this.candidates(proposals, stage));
  }

  /**
   * Answers those changes of a peer, one a name, that may be merged; the others are held, durably. Only under the catalog's lock, in the
   * transaction that merges: what is sent at the same time over two connections is counted one after the other.
   */
  async sieve<P extends Proposal>(peer: Sender, proposals: readonly P[], serverStage: Stage): Promise<readonly P[]> {
    const candidates = this.candidates(proposals, serverStage);
    if (candidates.length === 0) return proposals;
    const mass = peer.massChangeIn?.size ? peer.massChangeIn : await this.tooMuchIn(candidates);
    // A name that is held stays so until an administrator decides, however often and late its change is sent again.
    const waiting = new Set((await this.changes.findHeldByKeys(candidates.map(({ key }) => key))).map(({ heldKey }) => heldKey));
    const toHold = candidates.filter(({ key }) => mass.has(spaceOf(key)) || waiting.has(key));
    if (toHold.length === 0) return proposals;
    await this.hold(peer, toHold);
    const held = new Set(toHold.map(({ key }) => key));
    return proposals.filter(({ key }) => !held.has(key));
  }

  /** Removes the changes that no longer count. */
  async removeOld(): Promise<void> {
    await this.changes.removeMadeBefore(this.windowStart);
  }

  private candidates(proposals: readonly Proposal[], serverStage: Stage): Candidate[] {
    return proposals.flatMap((proposal): Candidate[] => {
      const kind = kindOf(proposal.entry, proposal.row, serverStage);
      return kind === null ? [] : [{ ...proposal, kind }];
    });
  }

  /** The share and the Munki repository are judged apart: thousands of small files must not hide the packages. */
  private async tooMuchIn(candidates: readonly Candidate[]): Promise<ReadonlySet<Space>> {
    const found = new Set<Space>();
    for (const space of spaces) {
      const part = candidates.filter(({ key }) => spaceOf(key) === space);
      if (part.length > 0 && (await this.isTooMuch(part, space))) found.add(space);
    }
    return found;
  }

  private async isTooMuch(candidates: readonly Candidate[], space: Space): Promise<boolean> {
    const made = { afterMs: this.windowStart, space, isOwn: false };
    const names = new Map(candidates.map(({ key, entry }) => [key, entry.filename]));
    const count = await this.changes.countMade(made);
    const again = await this.changes.countMade({ ...made, filenames: [...names.values()] });
    const held = await this.changes.countHeld(space);
    const heldAgain = (await this.changes.findHeldByKeys([...names.keys()])).length;
    return this.isMass(names.size + count - again + held - heldAgain, space);
  }

  private async hold(peer: Sender, candidates: readonly Candidate[]): Promise<void> {
    const atMs = this.clock.now();
    const known = await this.changes.findHeldByKeys(candidates.map(({ key }) => key));
    const held = new Map(known.map((row) => [row.heldKey, row.entry]));
    const news = candidates.filter((candidate) => held.get(candidate.key) !== writeProposal(candidate));
    if (news.length === 0) return;
    await this.changes.hold(
      news.map((candidate) => ({
        ...{ heldKey: candidate.key, kind: candidate.kind, atMs, filename: candidate.entry.filename, peerIss: peer.iss },
        entry: writeProposal(candidate),
      })),
    );
    await this.audit.record({ action: 'deletes.held', subject: peer.name, details: { packages: news.length } });
    await this.events.record('deletes.held', { peer: peer.name, packages: news.length, total_held: await this.changes.countHeld() });
  }

  /** How many packages there were is only asked when there are changes enough: most are single ones. */
  private async isMass(changed: number, space: Space): Promise<boolean> {
    if (!isMassChange(this.policy, { changed, packages: 0 })) return false;
    const removed = await this.changes.countMade({ afterMs: this.windowStart, space, kinds: removing });
    return isMassChange(this.policy, { changed, packages: (await this.packages.countHere(space)) + removed });
  }

  private get policy() {
    return { packages: this.config.get('MASS_DELETE_PACKAGES'), percent: this.config.get('MASS_DELETE_PERCENT') };
  }

  private get windowStart(): number {
    return this.clock.now() - this.config.get('MASS_DELETE_WINDOW_MINUTES') * 60_000;
  }
}
