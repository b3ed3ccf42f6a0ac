/** Memory that a body is received into, without a copy in between. */
export interface BodySink {
  /** Where the next bytes belong, at least one; null while there is no room, or while reading should rest. */
  room(): Uint8Array | null;
  /** That many bytes have been put at the beginning of what `room` gave last. */
  filled(count: number): void;
  /** Resolves when it is worth while to ask for room again. */
  ready(): Promise<void>;
}

/** Pours a stream into a sink that wants `length` bytes; what comes after them is left. */
export async function pour(pieces: AsyncIterable<Uint8Array>, sink: BodySink, length: number): Promise<void> {
  let left = length;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length && left > 0;) {
      const room = sink.room();
      if (room === null) {
        await sink.ready();
        continue;
      }
      const count = Math.min(room.length, piece.length - at, left);
      room.set(piece.subarray(at, at + count));
      sink.filled(count);
      at += count;
      left -= count;
    }
    if (left === 0) return;
  }
}
