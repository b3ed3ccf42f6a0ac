import type { FileHandle } from 'node:fs/promises';
import { BLOCK_BYTES, BLOCK_HASH_BYTES } from '#libs/replication/blocks.js';
import type { HashPool, HashSession } from './hash-pool.js';
import type { HashAnswer } from './hash-worker.js';

/** Buffers in flight between the network and the disk: what one upload or transfer takes of memory, in MiB. */
const BUFFERS = 12;
/** Written bytes after which the disk is told to begin, so that the last fsync has little left to do. */
const WRITE_BACK_BYTES = 32 * BLOCK_BYTES;

export interface WholeHashes {
  readonly sha1: string;
  readonly sha256: string;
}

interface Ticket {
  resolve(answer: HashAnswer): void;
  reject(error: Error): void;
}

/** A hashing thread or the disk said no. `code` is the file system's, when it was the disk. */
class BlockWriteFailed extends Error {
  override readonly name = 'BlockWriteFailed';
  constructor(
    message: string,
    readonly code?: string,
  ) {
    super(message);
  }
}

/** A copy with memory of its own: a slice of a chunk list would travel to the thread with the whole list behind it. */
const alone = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

/**
 * Writes one file block by block, in any order, while its hashes are computed on another thread: one pass, one copy,
 * constant memory. The caller fills buffers it gets from `take`, and owns the file handle.
 */
export class BlockWriter {
  private readonly session: HashSession;
  private readonly tickets = new Map<number, Ticket>();
  private readonly hashes = new Map<number, Uint8Array>();
  private readonly free: ArrayBuffer[] = [];
  private readonly takers: ((buffer: ArrayBuffer) => void)[] = [];
  private allocated = 0;
  private lastTicket = 0;
  private unsynced = 0;
  private writeBack: Promise<void> | undefined;
  private failure: Error | undefined;

  constructor(
    pool: HashPool,
    private readonly file: FileHandle,
  ) {
    this.session = pool.open(file.fd, (answer) => this.answered(answer));
  }

  /** A buffer of one block to fill; waits while all are in use, which is what slows a fast sender down. */
  async take(): Promise<Uint8Array> {
    if (this.failure) throw this.failure;
    const buffer = this.free.pop() ?? this.allocate() ?? (await new Promise<ArrayBuffer>((resolve) => this.takers.push(resolve)));
    if (this.failure) throw this.failure;
    return new Uint8Array(buffer);
  }

  /** Hands back a buffer that was not used. */
  giveBack(buffer: Uint8Array): void {
    this.recycle(buffer.buffer as ArrayBuffer);
  }

  /**
   * Writes `length` bytes of a taken buffer as block `index`. False when they do not match `expected` (nothing is written then).
   * Rejects when the disk refuses.
   */
  async write(index: number, buffer: Uint8Array, length: number, expected: Buffer | null = null): Promise<boolean> {
    const bytes = buffer.buffer as ArrayBuffer;
    const ticket = ++this.lastTicket;
    const answer = this.wait(ticket);
    this.session.post({ op: 'block', session: this.session.session, ticket, index, bytes, length, expected: expected && alone(expected) }, [
      bytes,
    ]);
    const { matches, sha1 } = await answer;
    if (!matches) return false;
    this.hashes.set(index, sha1!);
    this.written(length);
    return true;
  }

  /** Whether a block that an earlier process wrote is still right; it then counts as written. */
  async recheck(index: number, length: number, expected: Buffer): Promise<boolean> {
    const ticket = ++this.lastTicket;
    const answer = this.wait(ticket);
    this.session.post({ op: 'recheck', session: this.session.session, ticket, index, length, expected: alone(expected) });
    const isRight = (await answer).matches === true;
    if (isRight) this.hashes.set(index, alone(expected));
    return isRight;
  }

  /** Hashes of the whole; only after every write has resolved. Throws when a block is missing. */
  async finish(): Promise<WholeHashes> {
    const ticket = ++this.lastTicket;
    const answer = this.wait(ticket);
    this.session.post({ op: 'finish', session: this.session.session, ticket });
    const { whole } = await answer;
    if (whole!.blocks !== this.hashes.size) throw new Error(`Blocks are missing: ${whole!.blocks} of ${this.hashes.size} are in order.`);
    return { sha1: whole!.sha1, sha256: whole!.sha256 };
  }

  /** The packed chunk list of what was written. */
  manifest(): Buffer {
    const packed = Buffer.alloc(this.hashes.size * BLOCK_HASH_BYTES);
    for (const [index, sha1] of this.hashes) packed.set(sha1, index * BLOCK_HASH_BYTES);
    return packed;
  }

  /** Ends the session; when it resolves neither thread nor write-back touches the file, so that its handle may be closed. */
  async close(): Promise<void> {
    await this.session.close();
    this.fail(new BlockWriteFailed('The file was closed.'));
    await this.writeBack;
  }

  private wait(ticket: number): Promise<HashAnswer> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => this.tickets.set(ticket, { resolve, reject }));
  }

  private answered(answer: HashAnswer): void {
    if (answer.bytes) this.recycle(answer.bytes);
    if (answer.error) {
      this.fail(new BlockWriteFailed(answer.error.message, answer.error.code));
      return;
    }
    const ticket = this.tickets.get(answer.ticket);
    this.tickets.delete(answer.ticket);
    ticket?.resolve(answer);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.tickets.values()) reject(error);
    this.tickets.clear();
    for (const taker of this.takers.splice(0)) taker(new ArrayBuffer(0)); // they find the failure
  }

  private allocate(): ArrayBuffer | undefined {
    if (this.allocated >= BUFFERS) return undefined;
    this.allocated += 1;
    return new ArrayBuffer(BLOCK_BYTES);
  }

  private recycle(buffer: ArrayBuffer): void {
    const taker = this.takers.shift();
    if (taker) taker(buffer);
    else this.free.push(buffer);
  }

  private written(length: number): void {
    this.unsynced += length;
    if (this.unsynced < WRITE_BACK_BYTES || this.writeBack) return;
    this.unsynced = 0;
    this.writeBack = this.file
      .datasync()
      .catch((error: unknown) => this.fail(error as Error))
      .finally(() => {
        this.writeBack = undefined;
      });
  }
}
