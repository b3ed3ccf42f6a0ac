import type { StagingParts } from '#libs/platform/storage/staging-parts.js';
import { blockLength } from '#libs/replication/blocks.js';

/** Less than this of a block is not worth a file. */
const WORTH_KEEPING = 4_096;
/** A block that comes faster than this is whole before it is worth a file, in milliseconds. */
const SLOW_BLOCK_MS = 1_000;
/** The source of bytes from an earlier process, which is not recorded. */
const UNKNOWN = '';

interface Kept {
  readonly length: number;
  readonly givers: ReadonlySet<string>;
}

/** A block that has come in part is not there any more: the file was removed, or is shorter than it was. */
export class PartLost extends Error {
  override readonly name = 'PartLost';
}

/** One block on its way over one connection. */
export class GrowingBlock {
  readonly givers: Set<string>;
  private bytes: Uint8Array = new Uint8Array(0);
  private saved: number;
  private turn: Promise<void> = Promise.resolve();
  private readonly beganMs = performance.now();

  constructor(
    private readonly parts: StagingParts,
    readonly index: number,
    /** Bytes that are here from before. */
    readonly offset: number,
    givers: Iterable<string>,
    private hasFile: boolean,
  ) {
    this.givers = new Set(givers);
    this.saved = offset;
  }

  /** Bytes from more than one server: when they are wrong it is not known whose they were. */
  get isMixed(): boolean {
    return this.givers.size > 1;
  }

  get isSlow(): boolean {
    return performance.now() - this.beganMs > SLOW_BLOCK_MS;
  }

  /** What has come of it now; a view of memory that only grows until the block ends. */
  show(bytes: Uint8Array): void {
    this.bytes = bytes;
  }

  /** Puts what is here from before into memory. Throws PartLost. */
  async load(into: Uint8Array): Promise<void> {
    if (this.offset === 0) return;
    if ((await this.parts.read(this.index, into.subarray(0, this.offset))) < this.offset)
      throw new PartLost(`The first ${this.offset} bytes of block ${this.index} are gone.`);
  }

  /** Writes down what has come since. */
  save(): Promise<void> {
    const fresh = Buffer.from(this.bytes.subarray(this.saved)); // a copy: the memory may be another block's before it is written
    const at = this.saved;
    if (fresh.length === 0) return this.turn;
    this.saved += fresh.length;
    this.hasFile = true;
    return this.then(() => this.parts.write(this.index, at, fresh));
  }

  get length(): number {
    return Math.max(this.saved, this.bytes.length);
  }

  forget(): Promise<void> {
    this.bytes = new Uint8Array(0);
    return this.hasFile ? this.then(() => this.parts.remove(this.index)) : this.turn;
  }

  private then(work: () => Promise<void>): Promise<void> {
    return (this.turn = this.turn.catch(() => undefined).then(work));
  }
}

/**
 * Blocks that have come in part (MESH §6): the next request for one asks for the rest only, whoever gave the beginning; after a cut
 * connection, another try, or a start of the process. A block that was wrong and came from several servers is asked for whole
 * from one after that, so that a server that gives false beginnings is found.
 */
export class PartialBlocks {
  private readonly kept = new Map<number, Kept>();
  private readonly growing = new Map<number, GrowingBlock>();
  private readonly fromOneOnly = new Set<number>();

  private constructor(
    private readonly parts: StagingParts,
    private readonly size: number,
    private readonly isVerified: (index: number) => boolean,
  ) {}

  /** With what an earlier process has left of blocks that are not verified. */
  static async open(parts: StagingParts, size: number, isVerified: (index: number) => boolean): Promise<PartialBlocks> {
    const blocks = new PartialBlocks(parts, size, isVerified);
    for (const [index, length] of await parts.sizes()) {
      if (isVerified(index) || length >= blockLength(size, index)) await parts.remove(index);
      else blocks.kept.set(index, { length, givers: new Set([UNKNOWN]) });
    }
    return blocks;
  }

  /** Bytes that are here and not verified. */
  get bytes(): number {
    let sum = 0;
    for (const { length } of [...this.kept.values(), ...this.growing.values()]) sum += length;
    return sum;
  }

  /** Whether a block has come in part and no source is asked for it now. */
  has(index: number): boolean {
    return this.kept.has(index);
  }

  /**
   * A block begins to come from a server; `isWhole` when it comes from its first byte, whatever is here. Null when another
   * connection brings it already: then what comes is not kept.
   */
  begin(index: number, source: string, isWhole: boolean): GrowingBlock | null {
    if (this.growing.has(index)) return null;
    const known = this.kept.get(index);
    this.kept.delete(index);
    const isFromOne = known?.givers.size === 1 && known.givers.has(source);
    const isUsable = known !== undefined && !isWhole && (isFromOne || !this.fromOneOnly.has(index));
    const before = isUsable ? known : { length: 0, givers: [] };
    const block = new GrowingBlock(this.parts, index, before.length, [...before.givers, source], known !== undefined);
    this.growing.set(index, block);
    return block;
  }

  /** No more of it comes over this connection; what has come is kept. */
  async pause(block: GrowingBlock): Promise<void> {
    const { index, length, givers } = block;
    const isWorthKeeping = length >= WORTH_KEEPING && length < blockLength(this.size, index) && !this.isVerified(index);
    if (!isWorthKeeping) return this.drop(block);
    try {
      await block.save();
    } catch {
      return this.drop(block); // a full disk says so elsewhere; this is only asked for again
    }
    this.growing.delete(index);
    this.kept.set(index, { length, givers });
  }

  /** It is whole, and was right or wrong. */
  async end(block: GrowingBlock, isRight: boolean): Promise<void> {
    if (!isRight && block.isMixed) this.fromOneOnly.add(block.index);
    await this.drop(block);
  }

  /** Nothing of it is kept. */
  async drop(block: GrowingBlock): Promise<void> {
    await block.forget();
    this.growing.delete(block.index);
  }

  /** Writes down what has come of blocks that come slowly. */
  async save(): Promise<void> {
    for (const block of this.growing.values()) if (block.isSlow) await block.save();
  }
}
