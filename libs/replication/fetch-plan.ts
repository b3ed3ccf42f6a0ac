import { BlockMap } from './blocks.js';

/** Consecutive blocks asked of one source in one request. */
export interface BlockRange {
  readonly first: number;
  readonly count: number;
}

interface Source {
  available: BlockMap;
  /** Blocks asked of it and not yet answered. */
  readonly pending: Set<number>;
  /** Blocks of this source that failed their hash. */
  lies: number;
}

export interface FetchLimits {
  /** Most blocks in one request. */
  readonly rangeBlocks: number;
  /** Requests to one source at a time. */
  readonly connectionsPerSource: number;
  /** A source that sent this many wrong blocks is not asked again for this content. */
  readonly tolerableLies: number;
}

/**
 * Decides which blocks are asked of which source (MESH §6.4, §6.5). Pure bookkeeping: the caller does the asking and reports.
 * Low blocks go first, so that the running hash of the prefix keeps up. Requests get shorter as less is left (guided
 * self-scheduling, Polychronopoulos and Kuck 1987), so that all sources end at about the same time. When nothing is left to
 * give out, the end of what a slower source still owes is given to a faster one too, and the first good answer wins.
 */
export class FetchPlan {
  private readonly sources = new Map<string, Source>();
  /** How many sources owe each block. */
  private readonly owed = new Map<number, number>();
  /** Every block below it is verified. */
  private prefix = 0;

  constructor(
    readonly verified: BlockMap,
    private readonly limits: FetchLimits,
  ) {
    this.advancePrefix();
  }

  get isComplete(): boolean {
    return this.verified.isFull;
  }

  get sourceCount(): number {
    return this.sources.size;
  }

  knows(source: string): boolean {
    return this.sources.has(source);
  }

  /** Adds a source, or tells what it has by now. */
  offer(source: string, available: BlockMap): void {
    const known = this.sources.get(source);
    if (known) known.available = available;
    else this.sources.set(source, { available, pending: new Set(), lies: 0 });
  }

  /** Forgets a source; what it owed is given to others. */
  drop(source: string): void {
    const known = this.sources.get(source);
    if (!known) return;
    for (const block of known.pending) this.settle(known, block);
    this.sources.delete(source);
  }

  /** The next blocks to ask of `source`, or null when it has nothing to give now. */
  take(source: string): BlockRange | null {
    const known = this.sources.get(source);
    if (!known) return null;
    return this.takeFree(known) ?? this.takeOver(known);
  }

  /** A block arrived and matched its hash. False when another source was faster. */
  arrived(source: string, block: number): boolean {
    this.settleFor(source, block);
    if (this.verified.has(block)) return false;
    this.verified.add(block);
    this.advancePrefix();
    return true;
  }

  /** A block did not match its hash. True when the source has lied too often and was dropped. */
  lied(source: string, block: number): boolean {
    this.settleFor(source, block);
    const known = this.sources.get(source);
    if (!known) return true;
    known.lies += 1;
    if (known.lies < this.limits.tolerableLies) return false;
    this.drop(source);
    return true;
  }

  /** A request ended early: what it still owed can be asked of anyone. */
  failed(source: string, range: BlockRange): void {
    for (let block = range.first; block < range.first + range.count; block += 1) this.settleFor(source, block);
  }

  /** The first blocks that nobody was asked for. */
  private takeFree(source: Source): BlockRange | null {
    const canTake = (block: number): boolean => this.lacks(source, block) && !this.owed.has(block);
    let first = this.prefix;
    while (first < this.verified.length && !canTake(first)) first += 1;
    if (first >= this.verified.length) return null;
    const most = this.fairShare();
    let count = 1;
    while (count < most && first + count < this.verified.length && canTake(first + count)) count += 1;
    return this.ask(source, { first, count });
  }

  /** The second half of the last blocks that one other source owes: it brings the first half meanwhile. */
  private takeOver(source: Source): BlockRange | null {
    const canTake = (block: number): boolean => this.lacks(source, block) && this.owed.get(block) === 1;
    let last = this.verified.length - 1;
    while (last >= this.prefix && !canTake(last)) last -= 1;
    if (last < this.prefix) return null;
    let run = 1;
    while (run < 2 * this.limits.rangeBlocks && last - run >= this.prefix && canTake(last - run)) run += 1;
    const count = Math.ceil(run / 2);
    return this.ask(source, { first: last - count + 1, count });
  }

  /** Half of what each connection would get of what is left. */
  private fairShare(): number {
    const left = this.verified.length - this.verified.count - this.owed.size;
    const share = Math.ceil(left / (2 * this.sources.size * this.limits.connectionsPerSource));
    return Math.max(1, Math.min(this.limits.rangeBlocks, share));
  }

  private lacks({ available, pending }: Source, block: number): boolean {
    return !this.verified.has(block) && available.has(block) && !pending.has(block);
  }

  private ask(source: Source, { first, count }: BlockRange): BlockRange {
    for (let block = first; block < first + count; block += 1) {
      source.pending.add(block);
      this.owed.set(block, (this.owed.get(block) ?? 0) + 1);
    }
    return { first, count };
  }

  private settleFor(source: string, block: number): void {
    const known = this.sources.get(source);
    if (known) this.settle(known, block);
  }

  private settle(source: Source, block: number): void {
    if (!source.pending.delete(block)) return;
    const left = (this.owed.get(block) ?? 1) - 1;
    if (left === 0) this.owed.delete(block);
    else this.owed.set(block, left);
  }

  private advancePrefix(): void {
    while (this.prefix < this.verified.length && this.verified.has(this.prefix)) this.prefix += 1;
  }
}
