import type { Package } from '#libs/entities/package.entity.js';
import type { Entry } from '#libs/replication/entry.js';
import { legacyUpdate } from '#libs/replication/legacy-entry.js';
import type { Refusal } from '#libs/replication/refusal.js';
import {
  flatten,
  mergeUpdates,
  type Registers,
  sameRegisters,
  type Update,
  updateOf,
  type Write,
  writesOf,
} from '#libs/replication/register.js';
import { type ClockState, compareStamps, witness } from '#libs/replication/stamp.js';
import { type ContentFacts, contradictionIn } from '#libs/replication/content-facts.js';
import { isBeyond } from '#libs/replication/clock-comparison.js';
import { mergeInForce } from '#libs/replication/merge-in-force.js';
import { filenameKey } from '../filename.js';
import { factsOf } from './content-bindings.js';
import type { Proposal, Sender } from './mass-change-guard.js';
import { registersOf } from './registers-of.js';
import type { LoggedVersion } from './version-log.js';
import { authorInForce, displacedBy, type DisplacedVersion } from '#libs/replication/displaced-versions.js';

/** What a peer sent about one name: its verified writes, or of a server without registers the entry as one record. */
export interface Arrival {
  readonly filename: string;
  readonly update?: Update;
  readonly entry?: Entry;
}

export interface MergeOptions {
  /** Who sent it: what would destroy a large part of the packages is held. Left out for what an administrator has confirmed. */
  readonly from?: Sender;
  /** Which of the writes are accepted, by those that are in force. */
  readonly admit?: (update: Update, before: Registers | null) => { readonly update: Update; readonly refused: readonly Refusal[] };
}

export interface MergeResult {
  /** Names whose entries changed. */
  readonly taken: number;
  readonly refused: readonly Refusal[];
}

/** What one name comes to. */
export interface Planned extends Proposal {
  readonly before: Registers | null;
  readonly after: Registers;
}

export const contentUuidIn = ({ update, entry }: Arrival): string | undefined => update?.content?.value.uuid ?? entry?.uuid;

/** What a batch of arrivals means for the names in it, before anything is written. Made under the catalog's lock. */
export class MergePlan {
  readonly refused: Refusal[] = [];
  private readonly rows: ReadonlyMap<string, Package>;
  private readonly names = new Map<string, { before: Registers | null; sent: Update; displaced: readonly DisplacedVersion[] }>();
  private readonly facts: Map<string, ContentFacts>;

  /** `latestMs`: later stamps were made by a wrong clock. */
  constructor(
    rows: readonly Package[],
    facts: ReadonlyMap<string, ContentFacts>,
    private readonly latestMs: number | null,
  ) {
    this.rows = new Map(rows.map((row) => [row.filenameKey, row]));
    this.facts = new Map(facts);
  }

  add({ filename, update, entry }: Arrival, admit: MergeOptions['admit']): void {
    const key = filenameKey(filename);
    const row = this.rows.get(key);
    const name = this.names.get(key) ?? { before: row ? registersOf(row) : null, sent: {}, displaced: [] };
    const current = this.merged(name.before, name.sent);
    const sent = update ?? (entry ? legacyUpdate(entry, current) : {});
    const inTime = updateOf(writesOf(sent).filter(({ stamp }) => !isBeyond(stamp, this.latestMs)));
    const admitted = admit ? admit(inTime, current) : { update: inTime, refused: [] };
    this.refused.push(...admitted.refused);
    const accepted = this.withoutContradiction(admitted.update, current !== null);
    if (!this.merged(current, accepted)) {
      this.refuseIncomplete(filename, accepted);
      return;
    }
    const displaced = current ? displacedBy(current, accepted) : [];
    this.names.set(key, { ...name, sent: mergeUpdates(name.sent, accepted), displaced: [...name.displaced, ...displaced] });
  }

  /** The names for which something changes. */
  news(): Planned[] {
    return [...this.names].flatMap(([key, { before, sent }]): Planned[] => {
      const after = this.merged(before, sent);
      if (!after || (before && sameRegisters(before, after))) return [];
      return [{ key, row: this.rows.get(key) ?? null, before, after, entry: flatten(after), update: sent }];
    });
  }

  /** The contents that are displaced: of the names that are merged, and those that lose to what is in force. */
  displaced(merged: ReadonlySet<string>): LoggedVersion[] {
    const news = new Set(this.news().map(({ key }) => key));
    return [...this.names].flatMap(([key, { before, sent, displaced }]): LoggedVersion[] => {
      const after = this.merged(before, sent);
      if (!after || (news.has(key) && !merged.has(key))) return []; // held until an administrator decides
      return displaced.map((version) => ({ ...version, keptAuthor: authorInForce(after) }));
    });
  }

  /** The clock after everything that was accepted. */
  seen(clock: ClockState): ClockState {
    const sent = [...this.names.values()].flatMap((name) => writesOf(name.sent));
    return sent.reduce<ClockState>((latest, { stamp }) => witness(latest, stamp), clock);
  }

  /**
   * A content whose uuid stands for something else is left out, with the parts that were written together with it; of a name that is new
   * here, everything is.
   */
  private withoutContradiction(update: Update, isKnown: boolean): Update {
    const { content } = update;
    const reason = content ? this.contradiction(content) : null;
    if (!content || reason === null) return update;
    const all = writesOf(update);
    const refused = all.filter(({ stamp }) => !isKnown || compareStamps(stamp, content.stamp) === 0);
    this.refused.push({ code: 'other-facts', filename: content.filename, reason, writes: refused });
    return updateOf(all.filter((write) => !refused.includes(write)));
  }

  /** A sentence when the write gives a known uuid to another name or other bytes; otherwise it is known from now on, and null. */
  private contradiction({ filename, value }: Write<'content'>): string | null {
    const claimed = factsOf({ ...value, filename, sha256: value.sha256 ?? '' });
    const known = this.facts.get(value.uuid);
    if (!known) this.facts.set(value.uuid, claimed);
    const field = known ? contradictionIn(claimed, known) : null;
    return field && `The entry of ${filename} names the content ${value.uuid} with another ${field} than is known of it.`;
  }

  private merged(before: Registers | null, update: Update): Registers | null {
    return mergeInForce(before, update, this.latestMs);
  }

  /** Parts of a name that is not known here, without the rest. */
  private refuseIncomplete(filename: string, update: Update): void {
    const writes = writesOf(update);
    if (writes.length === 0) return; // the reason was given
    this.refused.push({ code: 'incomplete', filename, writes, reason: `Not all parts of the entry of ${filename} were accepted.` });
  }
}
