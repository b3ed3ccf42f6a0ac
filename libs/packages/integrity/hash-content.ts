import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { blockDigest, type RootAlgorithm } from '#libs/platform/crypto/block-digest.js';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import { type ContentRoot, rootOf } from '#libs/replication/content-root.js';
import type { Pace } from './pacer.js';

export interface ContentHashes {
  readonly sha1: string;
  readonly sha256: string;
  /** Packed SHA-1 of each block. */
  readonly manifest: Buffer;
  readonly root: ContentRoot;
}

/** Reads a whole open file and closes it; one block at a time, so that others have their turn in between. */
export async function hashContent(handle: FileHandle, algorithm: RootAlgorithm, pace?: Pace): Promise<ContentHashes> {
  const wholes = { sha1: createHash('sha1'), sha256: createHash('sha256') };
  const manifest: Buffer[] = [];
  const blocks: Buffer[] = [];
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  try {
    for (let at = 0; ;) {
      const length = await readBlock(handle, buffer, at);
      if (length === 0) {
        const { sha1, sha256 } = wholes;
        const root = rootOf(algorithm, at, Buffer.concat(blocks));
        return { sha1: sha1.digest('hex'), sha256: sha256.digest('hex'), manifest: Buffer.concat(manifest), root };
      }
      await pace?.(length);
      const block = buffer.subarray(0, length);
      wholes.sha1.update(block);
      wholes.sha256.update(block);
      manifest.push(createHash('sha1').update(block).digest());
      blocks.push(blockDigest(algorithm, block));
      at += length;
    }
  } finally {
    await handle.close();
  }
}

/** Fills the buffer unless the file ends before; answers how far. */
async function readBlock(handle: FileHandle, buffer: Buffer, at: number): Promise<number> {
  let filled = 0;
  for (let count = -1; count !== 0 && filled < buffer.length; filled += count) {
    ({ bytesRead: count } = await handle.read(buffer, filled, buffer.length - filled, at + filled));
  }
  return filled;
}
