import { compareEntries, type Entry } from '#libs/replication/entry.js';
import { type ContentState, isOnDisk } from '#libs/replication/entry-effects.js';
import type { FeedAnswer, FeedPosition } from '#libs/replication/exchange.js';
import { admits, type Stage } from '#libs/replication/stage.js';
import { type ClockState, compareStamps } from '#libs/replication/stamp.js';
import type { Rules } from './rules.js';

export interface SimItem {
  readonly seq: number;
  readonly entry: Entry;
  readonly held: boolean;
}

export interface SimPage extends FeedAnswer {
  readonly since: number;
  readonly items: readonly SimItem[];
}

interface Row {
  readonly entry: Entry;
  readonly seq: number;
  readonly isPublic: boolean;
}

interface PeerState {
  pulled: FeedPosition;
  ackedEpoch: string | null;
  acked: number;
}

const PAGE = 3;

/** What one server keeps over a crash. Every method is one transaction: it happens whole or not at all. */
export class SimServer {
  readonly rows = new Map<string, Row>();
  readonly contents = new Map<string, ContentState>();
  /** Content files without a transaction yet: a crash leaves them behind. */
  readonly orphans = new Set<string>();
  readonly peers = new Map<string, PeerState>();
  private clock: ClockState & { seq: number } = { wallMs: 0, counter: 0, seq: 0 };

  constructor(
    readonly iss: string,
    readonly epoch: string,
    readonly stage: Stage,
    /** How wrong this server's wall clock is, in milliseconds. */
    private readonly skewMs: number,
    private readonly rules: Rules,
  ) {}

  register(iss: string): void {
    this.peers.set(iss, { pulled: { epoch: null, seq: 0 }, ackedEpoch: null, acked: 0 });
  }

  write(key: string, draft: Omit<Entry, 'stamp'>, now: number): Entry {
    const clock = this.rules.tick(this.clock, now + this.skewMs);
    const entry = { ...draft, stamp: { ...clock, iss: this.iss } };
    if (!draft.deleted && this.orphans.delete(draft.uuid)) this.contents.set(draft.uuid, 'held');
    this.clock = { ...clock, seq: this.clock.seq };
    this.apply(key, entry);
    return entry;
  }

  /** Answers whether anything was refused. */
  merge(items: readonly Pick<SimItem, 'entry'>[], now: number): { isIncomplete: boolean; changed: number } {
    const fit = items.filter(({ entry }) => !this.rules.isTooFarAhead(entry.stamp, now + this.skewMs));
    const before = this.clock.seq;
    for (const { entry } of fit) {
      this.clock = { ...this.rules.witness(this.clock, entry.stamp), seq: this.clock.seq };
      const current = this.rows.get(entry.filename)?.entry ?? null;
      if (this.rules.supersedes(entry, current)) this.apply(entry.filename, entry);
    }
    return { isIncomplete: fit.length < items.length, changed: this.clock.seq - before };
  }

  /** A fetched content is on disk; false when it is no longer what the name means. */
  gained(uuid: string): boolean {
    this.orphans.delete(uuid);
    const found = [...this.rows].find(([, { entry }]) => entry.uuid === uuid && !entry.deleted);
    if (!found) return false;
    this.contents.set(uuid, 'held');
    this.apply(found[0], found[1].entry);
    return true;
  }

  page(since: number): SimPage {
    const items = [...this.rows.values()]
      .filter(({ seq }) => seq > since)
      .sort((a, b) => a.seq - b.seq)
      .slice(0, PAGE)
      .map(({ seq, entry, isPublic }) => ({ seq, entry, held: isPublic }));
    return { epoch: this.epoch, since, items, next: items.at(-1)?.seq ?? Math.min(since, this.clock.seq), last: this.clock.seq };
  }

  pageFor(iss: string): SimPage {
    return this.page(this.rules.feedStart(this.peers.get(iss)!.acked, this.clock.seq));
  }

  acknowledge(iss: string, answerEpoch: string, next: number): void {
    const peer = this.peers.get(iss)!;
    peer.acked = this.rules.acknowledgedAfter(peer.ackedEpoch, answerEpoch, next);
    peer.ackedEpoch = answerEpoch;
  }

  has(uuid: string): boolean {
    return isOnDisk(this.contents.get(uuid));
  }

  /** Contents that are admitted here and not on disk. */
  wanted(): string[] {
    const present = [...this.rows.values()].filter(({ entry }) => !entry.deleted && admits(this.stage, entry.stage));
    return present.map(({ entry }) => entry.uuid).filter((uuid) => !this.has(uuid));
  }

  /** Start-up: files that no transaction knows of are removed. */
  reconcile(): void {
    this.orphans.clear();
  }

  /** Throws when something is untrue that must be true between any two transactions (MESH §1). */
  check(): void {
    const numbers = [...this.rows.values()].map(({ seq }) => seq);
    if (new Set(numbers).size !== numbers.length) throw new Error(`${this.iss}: a sequence number was given twice.`);
    if (Math.max(0, ...numbers) > this.clock.seq) throw new Error(`${this.iss}: a sequence number is ahead of the counter.`);
    for (const { entry, isPublic } of this.rows.values()) {
      if (isPublic && (entry.deleted || !admits(this.stage, entry.stage) || this.contents.get(entry.uuid) !== 'held')) {
        throw new Error(`${this.iss}: ${entry.filename} is served and must not be.`);
      }
      if (compareStamps({ ...this.clock, iss: '~' }, entry.stamp) < 0) throw new Error(`${this.iss}: the clock is behind an entry.`);
    }
  }

  private apply(key: string, entry: Entry): void {
    const current = this.rows.get(key) ?? null;
    if (current && compareEntries(entry, current.entry) < 0) throw new Error(`${this.iss}: an older entry of ${key} came into force.`);
    const { placement, ownState, superseded } = this.rules.effectsOf(entry, current && current.entry, {
      stage: this.stage,
      stateOf: (uuid) => this.contents.get(uuid),
    });
    if (superseded !== null) this.contents.set(superseded, 'superseded');
    if (!this.contents.has(entry.uuid) && !entry.deleted) this.contents.set(entry.uuid, 'absent');
    if (ownState !== null) this.contents.set(entry.uuid, ownState);
    this.clock = { ...this.clock, seq: this.clock.seq + 1 };
    this.rows.set(key, { entry, seq: this.clock.seq, isPublic: placement === 'serve' });
  }
}
