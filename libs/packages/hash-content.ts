import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import type { Pace } from './pacer.js';

export interface ContentHashes {
  readonly sha256: string;
  /** Packed SHA-1 of each block. */
  readonly manifest: Buffer;
}

/** Reads a whole open file and closes it; one block at a time, so that others have their turn in between. */
export async function hashContent(handle: FileHandle, pace?: Pace): Promise<ContentHashes> {
  const whole = createHash('sha256');
  const blocks: Buffer[] = [];
  const buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  try {
    for (let at = 0; ;) {
      const length = await readBlock(handle, buffer, at);
      if (length === 0) return { sha256: whole.digest('hex'), manifest: Buffer.concat(blocks) };
      await pace?.(length);
      const block = buffer.subarray(0, length);
      whole.update(block);
      blocks.push(createHash('sha1').update(block).digest());
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
