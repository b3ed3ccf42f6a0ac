import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import type { BlockWriter, WholeHashes } from './block-writer.js';

export interface Written extends WholeHashes {
  /** Bytes. */
  readonly size: number;
  readonly manifest: Buffer;
}

/**
 * Writes a stream from beginning to end, as fast as the slower of sender and disk allows. `admit` is told the size so far
 * before each piece is taken, and throws to stop. Rejects with what the stream, `admit` or the disk fails with.
 */
export async function writeAll(source: AsyncIterable<Buffer>, writer: BlockWriter, admit: (bytes: number) => void): Promise<Written> {
  const outstanding = new Set<Promise<unknown>>();
  let size = 0;
  let filled = 0;
  let buffer = await writer.take();
  const flush = (): void => {
    const written = writer.write(Math.floor((size - 1) / BLOCK_BYTES), buffer, filled).finally(() => outstanding.delete(written));
    written.catch(() => undefined); // a failed write also fails the next `take`, and `Promise.all` below
    outstanding.add(written);
    filled = 0;
  };
  for await (const piece of source) {
    for (let at = 0; at < piece.length;) {
      if (filled === BLOCK_BYTES) {
        flush();
        buffer = await writer.take();
      }
      const count = Math.min(BLOCK_BYTES - filled, piece.length - at);
      buffer.set(piece.subarray(at, at + count), filled);
      filled += count;
      at += count;
      size += count;
    }
    admit(size);
  }
  if (filled > 0) flush();
  else writer.giveBack(buffer);
  await Promise.all(outstanding);
  return { size, ...(await writer.finish()), manifest: writer.manifest() };
}
