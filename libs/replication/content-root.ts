import { blockDigest, type RootAlgorithm } from '#libs/platform/crypto/block-digest.js';
import { BLOCK_BYTES, blockCount } from './blocks.js';

/** Bytes a block takes in a packed block list. */
export const BLOCK_DIGEST_BYTES = 32;

/** What a content is bound by in the entry that its author signs. */
export interface RootName {
  readonly algorithm: RootAlgorithm;
  /** 64 lower case hexadecimal digits. */
  readonly hash: string;
}

/** The same with what it was made of: the packed hashes of all blocks in order, 32 bytes a block. */
export interface ContentRoot extends RootName {
  readonly blocks: Buffer;
}

/**
 * The root hash of a content of `size` bytes: the algorithm's hash over the ASCII line `ods-root-1 ALGORITHM BLOCK-BYTES SIZE` with a
 * line feed at its end (numbers decimal), followed by the packed block list. Algorithm and size are part of it, so that a list means
 * one content only.
 */
export function rootHash(algorithm: RootAlgorithm, size: number, blocks: Uint8Array): string {
  const head = Buffer.from(`ods-root-1 ${algorithm} ${BLOCK_BYTES} ${size}\n`, 'ascii');
  return blockDigest(algorithm, Buffer.concat([head, blocks])).toString('hex');
}

export const rootOf = (algorithm: RootAlgorithm, size: number, blocks: Buffer): ContentRoot => ({
  algorithm,
  hash: rootHash(algorithm, size, blocks),
  blocks,
});

/** Whether this is the block list that the root was made of. */
export const isListOf = ({ algorithm, hash }: RootName, size: number, blocks: Uint8Array): boolean =>
  blocks.length === blockCount(size) * BLOCK_DIGEST_BYTES && rootHash(algorithm, size, blocks) === hash;
