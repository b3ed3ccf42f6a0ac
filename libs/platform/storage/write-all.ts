import type { Readable } from 'node:stream';
import { BLOCK_BYTES } from '#libs/replication/blocks.js';
import type { ContentRoot } from '#libs/replication/content-root.js';
import type { BlockWriter, WholeHashes } from './block-writer.js';

export interface Written extends WholeHashes {
  /** Bytes. */
  readonly size: number;
  readonly manifest: Buffer;
  readonly root: ContentRoot;
}

/** The stream was closed before its end. */
export class SourceCut extends Error {
  override readonly name = 'SourceCut';
}

/** Is given the size with this piece before the piece is taken. Throws to stop. */
export type Admit = (bytes: number, piece: Buffer) => void;

/**
 * Writes a stream from beginning to end, as fast as the slower of sender and disk allows. `signal` stops it with its
 * reason. Rejects with that, with what `admit`, the stream or the disk
 * fails with, or with SourceCut. The stream is left as it is then: paused, and the caller's to end.
 */
export function writeAll(source: Readable, writer: BlockWriter, admit: Admit, signal?: AbortSignal): Promise<Written> {
  return new StreamWriter(source, writer, admit).run(signal);
}

/** Pieces come in the thousands for each GiB: each is copied where it belongs when it comes, and nothing is made for it. */
class StreamWriter {
  private readonly outstanding = new Set<Promise<unknown>>();
  private size = 0;
  private filled = 0;
  private buffer: Uint8Array | null = null;
  private isWaiting = false;
  private isOver = false;
  private hasEnded = false;
  private settle!: { resolve(): void; reject(error: unknown): void };

  constructor(
    private readonly source: Readable,
    private readonly writer: BlockWriter,
    private readonly admit: Admit,
  ) {}

  async run(signal?: AbortSignal): Promise<Written> {
    const { source, writer } = this;
    const listeners = {
      data: (piece: Buffer) => this.take(piece),
      end: () => this.end(),
      error: (error: unknown) => this.settle.reject(error),
      close: () =>
        void (source.readableEnded || this.settle.reject(source.errored ?? new SourceCut('The stream was closed before its end.'))),
    };
    const stop = (): void => this.settle.reject(signal!.reason);
    try {
      await new Promise<void>((resolve, reject) => {
        this.settle = { resolve, reject };
        if (signal?.aborted) return stop();
        signal?.addEventListener('abort', stop);
        for (const [event, listener] of Object.entries(listeners)) source.on(event, listener as () => void);
        if (source.destroyed && !source.readableEnded) listeners.close();
      });
      await Promise.all(this.outstanding);
    } finally {
      signal?.removeEventListener('abort', stop);
      for (const [event, listener] of Object.entries(listeners)) source.off(event, listener as () => void);
      this.isOver = true;
      if (!this.hasEnded) source.pause();
      if (this.buffer) writer.giveBack(this.buffer);
      this.buffer = null;
    }
    return { size: this.size, ...(await writer.finish()), manifest: writer.manifest(), root: writer.root() };
  }

  private take(piece: Buffer): void {
    try {
      this.admit(this.size + piece.length, piece);
      this.copy(piece);
    } catch (error) {
      this.settle.reject(error);
    }
  }

  private copy(piece: Buffer): void {
    for (let at = 0; at < piece.length;) {
      this.buffer ??= this.writer.takeNow();
      if (!this.buffer) return this.wait(piece.subarray(at));
      const count = Math.min(BLOCK_BYTES - this.filled, piece.length - at);
      this.buffer.set(at === 0 && count === piece.length ? piece : piece.subarray(at, at + count), this.filled);
      this.filled += count;
      this.size += count;
      at += count;
      if (this.filled === BLOCK_BYTES) this.flush();
    }
  }

  /** All buffers are in use: the sender is faster than the disk, and is held up until one is free. */
  private wait(rest: Buffer): void {
    this.isWaiting = true;
    this.source.pause();
    this.writer.take().then(
      (buffer) => {
        if (this.isOver) return this.writer.giveBack(buffer);
        this.isWaiting = false;
        this.buffer = buffer;
        this.copy(rest);
        if (this.isWaiting) return;
        if (this.hasEnded) this.end();
        else this.source.resume();
      },
      (error: unknown) => this.settle.reject(error),
    );
  }

  private end(): void {
    this.hasEnded = true;
    if (this.isWaiting) return;
    if (this.filled > 0) this.flush();
    this.settle.resolve();
  }

  private flush(): void {
    const written = this.writer
      .write(Math.floor((this.size - 1) / BLOCK_BYTES), this.buffer!, this.filled)
      .finally(() => this.outstanding.delete(written));
    written.catch((error: unknown) => this.settle.reject(error));
    this.outstanding.add(written);
    this.buffer = null;
    this.filled = 0;
  }
}
