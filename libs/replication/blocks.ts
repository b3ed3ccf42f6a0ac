/** The unit of verification: each block has its SHA-1 in the chunk list (MESH §2). Bytes. */
export const BLOCK_BYTES = 1_048_576;
/** Bytes a block takes in a packed chunk list. */
export const BLOCK_HASH_BYTES = 20;
/** A block list, 32 bytes a block, must fit a MEDIUMBLOB of 16 MiB. */
const MAX_BLOCKS = Math.floor((2 ** 24 - 1) / 32);

/** Largest content that a block list can describe, in bytes (just under 512 GiB). */
export const MAX_CONTENT_BYTES = MAX_BLOCKS * BLOCK_BYTES;

export const blockCount = (size: number): number => Math.ceil(size / BLOCK_BYTES);

/** Bytes of block `index`: all are whole but the last. */
export const blockLength = (size: number, index: number): number => Math.max(0, Math.min(BLOCK_BYTES, size - index * BLOCK_BYTES));

export const isManifestSizePlausible = (size: number): boolean => size <= MAX_CONTENT_BYTES;

/** The hash of block `index` within a packed chunk list. */
export const blockHash = (manifest: Buffer, index: number): Buffer =>
  manifest.subarray(index * BLOCK_HASH_BYTES, (index + 1) * BLOCK_HASH_BYTES);

/** One bit a block, lowest bit first: which blocks are verified and on disk. */
export class BlockMap {
  private constructor(
    readonly length: number,
    private readonly bits: Buffer,
    private counted: number,
  ) {}

  static empty(length: number): BlockMap {
    return new BlockMap(length, Buffer.alloc(Math.ceil(length / 8)), 0);
  }

  static full(length: number): BlockMap {
    const map = BlockMap.empty(length);
    for (let index = 0; index < length; index += 1) map.add(index);
    return map;
  }

  /** Bits beyond `length` are ignored; a bitmap that is too short counts as zeros. */
  static from(length: number, bytes: Uint8Array | null): BlockMap {
    const map = BlockMap.empty(length);
    if (bytes === null) return map;
    for (let index = 0; index < length; index += 1) {
      if ((bytes[index >> 3] ?? 0) & (1 << (index & 7))) map.add(index);
    }
    return map;
  }

  get count(): number {
    return this.counted;
  }

  get isFull(): boolean {
    return this.counted === this.length;
  }

  has(index: number): boolean {
    return index >= 0 && index < this.length && (this.bits[index >> 3]! & (1 << (index & 7))) !== 0;
  }

  add(index: number): void {
    if (index < 0 || index >= this.length || this.has(index)) return;
    this.bits[index >> 3]! |= 1 << (index & 7);
    this.counted += 1;
  }

  remove(index: number): void {
    if (!this.has(index)) return;
    this.bits[index >> 3]! &= ~(1 << (index & 7));
    this.counted -= 1;
  }

  /** True when every block from `first` on, `count` of them, is here. */
  hasRange(first: number, count: number): boolean {
    for (let index = first; index < first + count; index += 1) if (!this.has(index)) return false;
    return true;
  }

  /** Verified bytes of a content of `size` bytes. */
  bytesOf(size: number): number {
    if (this.length === 0) return 0;
    const lastIndex = this.length - 1;
    const missing = this.has(lastIndex) ? BLOCK_BYTES - blockLength(size, lastIndex) : 0;
    return this.counted * BLOCK_BYTES - missing;
  }

  /** The blocks that are here, as runs of neighbours. */
  ranges(): { first: number; last: number }[] {
    const runs: { first: number; last: number }[] = [];
    for (let index = 0; index < this.length; index += 1) {
      if (!this.has(index)) continue;
      const run = runs.at(-1);
      if (run?.last === index - 1) run.last = index;
      else runs.push({ first: index, last: index });
    }
    return runs;
  }

  toBuffer(): Buffer {
    return Buffer.from(this.bits);
  }
}
