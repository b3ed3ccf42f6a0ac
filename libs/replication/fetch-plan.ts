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
  /** A source that sent this many wrong blocks is not asked again for this content. */
  readonly tolerableLies: number;
}

/**
 * Decides which blocks are asked of which source (MESH §6.4, §6.5). Pure bookkeeping: the caller does the asking and reports.
 * Low blocks go first, so that the running hash of the prefix keeps up; when nothing is left to give out, blocks that a
 * slower source still owes are given to a faster one too, and the first good answer wins.
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
    return this.takeWhere(known, (block) => !this.owed.has(block)) ?? this.takeWhere(known, (block) => this.owed.get(block) === 1);
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

  private takeWhere(source: Source, isFree: (block: number) => boolean): BlockRange | null {
    const canTake = (block: number) =>
      !this.verified.has(block) && source.available.has(block) && !source.pending.has(block) && isFree(block);
    let first = this.prefix;
    while (first < this.verified.length && !canTake(first)) first += 1;
    if (first >= this.verified.length) return null;
    let count = 1;
    while (count < this.limits.rangeBlocks && first + count < this.verified.length && canTake(first + count)) count += 1;
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
