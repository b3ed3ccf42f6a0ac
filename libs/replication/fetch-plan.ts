import { BLOCK_BYTES, BlockMap } from './blocks.js';
import { RateMeter } from './rate-meter.js';

/** Consecutive blocks asked of one source in one request. */
export interface BlockRange {
  readonly first: number;
  readonly count: number;
}

interface Source {
  available: BlockMap;
  /** Blocks asked of it and not yet answered, with the bytes that have come of each. */
  readonly pending: Map<number, number>;
  readonly meter: RateMeter;
  /** When it was asked for the first of what is pending; milliseconds. */
  askedMs: number;
  /** When a byte last came, or it was asked for the first of what is pending; milliseconds. */
  lastMs: number;
  /** Blocks of this source that failed their hash. */
  corruptBlocks: number;
}

export interface FetchLimits {
  /** Most blocks in one request. */
  readonly rangeBlocks: number;
  /** Requests to one source at a time. */
  readonly connectionsPerSource: number;
  /** A source that sent this many wrong blocks is not asked again for this content. */
  readonly maxCorruptBlocks: number;
  /** Milliseconds of a clock that is never set. */
  readonly now: () => number;
  /** Whether a block has come in part: a request that asks for the rest of it must begin with it. */
  readonly hasPart?: (block: number) => boolean;
  /** What was asked of a source of unknown rate is asked of a second one after this long at the earliest, in milliseconds; 0 when not given. */
  readonly patienceMs?: number;
}

/** A source that sent nothing for this long, although it was asked, is not waited for; milliseconds. */
const COLD_MS = 1_500;
/** A block is asked of a second source only when that one would likely bring it in less than this share of the time. */
const WORTH_STEALING = 0.75;

/**
 * Decides which blocks are asked of which source (MESH §6.4, §6.5). Pure bookkeeping: the caller does the asking and reports.
 * Low blocks go first, so that the running hash of the prefix keeps up. Requests get shorter as less is left (guided
 * self-scheduling, Polychronopoulos and Kuck 1987), so that all sources end at about the same time. What was asked of a source that
 * falls silent is given out again. When nothing is left to give out, the end of what a slower source was asked for is asked of a
 * faster one too, as measured, and the first good answer wins.
 */
export class FetchPlan {
  private readonly sources = new Map<string, Source>();
  /** How many sources were asked for each block and have not answered. */
  private readonly inFlight = new Map<number, number>();
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

  /** Adds a source, or updates what it has by now. */
  offer(source: string, available: BlockMap): void {
    const known = this.sources.get(source);
    if (known) known.available = available;
    else this.sources.set(source, { available, pending: new Map(), meter: new RateMeter(), askedMs: 0, lastMs: 0, corruptBlocks: 0 });
  }

  /** Blocks that a source has and that are not here. */
  lackedFrom(source: string): number {
    const available = this.sources.get(source)?.available;
    let count = 0;
    for (let block = this.prefix; available && block < this.verified.length; block += 1)
      if (!this.verified.has(block) && available.has(block)) count += 1;
    return count;
  }

  /** Bytes of a block came from a source; 0 when only our own limits were waited for. */
  received(source: string, block: number, bytes: number): void {
    const known = this.sources.get(source);
    if (!known) return;
    const now = this.limits.now();
    known.lastMs = now;
    if (bytes === 0) known.meter.skip(now);
    else known.meter.add(bytes, now);
    const before = known.pending.get(block);
    if (before !== undefined) known.pending.set(block, before + bytes);
  }

  /** Bytes per second of a source; null while too little is known. */
  rateOf(source: string): number | null {
    return this.sources.get(source)?.meter.rate(this.limits.now()) ?? null;
  }

  /** Forgets a source; what it was asked for is given to others. */
  drop(source: string): void {
    const known = this.sources.get(source);
    if (!known) return;
    for (const block of [...known.pending.keys()]) this.settle(known, block);
    this.sources.delete(source);
  }

  /** The next blocks to ask of `source`, or null when it has nothing to give now. */
  take(source: string): BlockRange | null {
    const known = this.sources.get(source);
    if (!known) return null;
    return (
      this.takeRun(known, (block) => !this.inFlight.has(block)) ?? this.takeRun(known, (block) => this.isCold(block)) ?? this.steal(known)
    );
  }

  /** A block arrived and matched its hash. False when another source was faster. */
  arrived(source: string, block: number): boolean {
    this.settleFor(source, block);
    if (this.verified.has(block)) return false;
    this.verified.add(block);
    this.advancePrefix();
    return true;
  }

  /** A block did not match its hash. True when the source has markCorrupt too often and was dropped. */
  markCorrupt(source: string, block: number): boolean {
    this.settleFor(source, block);
    const known = this.sources.get(source);
    if (!known) return true;
    known.corruptBlocks += 1;
    if (known.corruptBlocks < this.limits.maxCorruptBlocks) return false;
    this.drop(source);
    return true;
  }

  /** A request ended early: what did not come can be asked of anyone. */
  failed(source: string, range: BlockRange): void {
    for (let block = range.first; block < range.first + range.count; block += 1) this.settleFor(source, block);
  }

  /** The first blocks that may be given out, neighbours. */
  private takeRun(source: Source, isFree: (block: number) => boolean): BlockRange | null {
    const canTake = (block: number): boolean => this.lacks(source, block) && isFree(block);
    let first = this.prefix;
    while (first < this.verified.length && !canTake(first)) first += 1;
    if (first >= this.verified.length) return null;
    const most = this.rangeSize();
    let count = 1;
    while (count < most && first + count < this.verified.length && canTake(first + count) && !this.hasPart(first + count)) count += 1;
    return this.ask(source, { first, count });
  }

  /** The second half of the last blocks that one other source was asked for: it brings the first half meanwhile. */
  private steal(source: Source): BlockRange | null {
    const canTake = (block: number): boolean => this.lacks(source, block) && this.inFlight.get(block) === 1 && this.isFaster(source, block);
    let last = this.verified.length - 1;
    while (last >= this.prefix && !canTake(last)) last -= 1;
    if (last < this.prefix) return null;
    let run = 1;
    while (run < 2 * this.limits.rangeBlocks && last - run >= this.prefix && canTake(last - run)) run += 1;
    const count = Math.ceil(run / 2);
    return this.ask(source, { first: last - count + 1, count });
  }

  /** All who were asked for the block have fallen silent. */
  private isCold(block: number): boolean {
    const now = this.limits.now();
    const asked = [...this.sources.values()].filter(({ pending }) => pending.has(block));
    return asked.length > 0 && asked.every(({ lastMs }) => now - lastMs > COLD_MS);
  }

  /** Whether a source would likely bring a block before the one that was asked for it; unknown rates say yes. */
  private isFaster(source: Source, block: number): boolean {
    const now = this.limits.now();
    const owner = [...this.sources.values()].find(({ pending }) => pending.has(block));
    const [rate, ownerRate] = [source.meter.rate(now), owner?.meter.rate(now) ?? null];
    if (!owner) return true;
    if (rate === null || ownerRate === null) return now - owner.askedMs >= (this.limits.patienceMs ?? 0);
    const left = BLOCK_BYTES * [...owner.pending.keys()].filter((each) => each <= block).length - (owner.pending.get(block) ?? 0);
    return BLOCK_BYTES / rate < (WORTH_STEALING * Math.max(0, left)) / ownerRate;
  }

  private hasPart(block: number): boolean {
    return this.limits.hasPart?.(block) ?? false;
  }

  /** Half of what each connection would get of what is left. */
  private rangeSize(): number {
    const left = this.verified.length - this.verified.count - this.inFlight.size;
    const share = Math.ceil(left / (2 * this.sources.size * this.limits.connectionsPerSource));
    return Math.max(1, Math.min(this.limits.rangeBlocks, share));
  }

  private lacks({ available, pending }: Source, block: number): boolean {
    return !this.verified.has(block) && available.has(block) && !pending.has(block);
  }

  private ask(source: Source, { first, count }: BlockRange): BlockRange {
    const now = this.limits.now();
    if (source.pending.size === 0) {
      source.lastMs = source.askedMs = now;
      source.meter.start(now);
    }
    for (let block = first; block < first + count; block += 1) {
      source.pending.set(block, 0);
      this.inFlight.set(block, (this.inFlight.get(block) ?? 0) + 1);
    }
    return { first, count };
  }

  private settleFor(source: string, block: number): void {
    const known = this.sources.get(source);
    if (known) this.settle(known, block);
  }

  private settle(source: Source, block: number): void {
    if (!source.pending.delete(block)) return;
    if (source.pending.size === 0) source.meter.stop(this.limits.now());
    const left = (this.inFlight.get(block) ?? 1) - 1;
    if (left === 0) this.inFlight.delete(block);
    else this.inFlight.set(block, left);
  }

  private advancePrefix(): void {
    while (this.prefix < this.verified.length && this.verified.has(this.prefix)) this.prefix += 1;
  }
}
