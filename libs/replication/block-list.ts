import { blockHash } from './blocks.js';
import { BLOCK_DIGEST_BYTES } from './content-root.js';

/** What the blocks of a content are compared with as they come: the block list of its root where that is known, else the chunk list. */
export class BlockList {
  constructor(
    /** Packed SHA-1 of each block. */
    readonly manifest: Buffer,
    /** The packed block list that was checked against the root; null when there is no root, or no source gave the list. */
    readonly blocks: Buffer | null,
  ) {}

  /** What block `index` has to have: 32 bytes of the block list, or 20 of the chunk list. */
  hash(index: number): Buffer {
    if (!this.blocks) return blockHash(this.manifest, index);
    return this.blocks.subarray(index * BLOCK_DIGEST_BYTES, (index + 1) * BLOCK_DIGEST_BYTES);
  }
}
