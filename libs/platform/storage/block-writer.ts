import type { FileHandle } from 'node:fs/promises';
import { BLOCK_BYTES, BLOCK_HASH_BYTES } from '#libs/replication/blocks.js';
import { isBlake3Fast } from '#libs/platform/crypto/block-digest.js';
import { BLOCK_DIGEST_BYTES, type ContentRoot, rootOf } from '#libs/replication/content-root.js';
import type { HashPool, HashSession } from './hash-pool.js';
import type { HashAnswer, Hashing, HashRequest } from './hash-worker.js';

/** Buffers in flight between the network and the disk: what one upload or transfer takes of memory, in MiB. */
const BUFFERS = 12;
/** Written bytes after which write-back is started, so that the last fsync has little left to do. */
const WRITE_BACK_BYTES = 32 * BLOCK_BYTES;

export interface WholeHashes {
  readonly sha1: string;
  readonly sha256: string;
}

/** All that is known of a content at its origin. */
export const everyHash: Hashing = { algorithm: isBlake3Fast ? 'blake3' : 'sha256', sha1: true, whole: true };

/** A block that is written, and what of it is still in memory. */
interface Placed {
  readonly index: number;
  readonly length: number;
  readonly buffer: SharedArrayBuffer | null;
}

interface Ticket {
  resolve(answer: HashAnswer): void;
  reject(error: Error): void;
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Asked = Without<Exclude<HashRequest, { op: 'open' | 'close' }>, 'session' | 'ticket'>;

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

function pack(hashes: ReadonlyMap<number, Uint8Array>, bytes: number): Buffer {
  const packed = Buffer.alloc(hashes.size * bytes);
  for (const [index, hash] of hashes) packed.set(hash, index * bytes);
  return packed;
}

/**
 * Writes one file block by block, in any order, while its hashes are computed on another thread: one pass, one copy,
 * constant memory. The caller fills buffers it gets from `take`, and owns the file handle.
 */
export class BlockWriter {
  private readonly session: HashSession;
  private readonly tickets = new Map<number, Ticket>();
  /** Of the blocks that are written: the hash of the block list, and SHA-1. */
  private readonly digests = new Map<number, Uint8Array>();
  private readonly sha1s = new Map<number, Uint8Array>();
  private size = 0;
  /** Lengths of blocks that came before their turn to be folded into the hashes of the whole. */
  private readonly outOfOrder = new Map<number, number>();
  private nextInOrder = 0;
  private readonly free: SharedArrayBuffer[] = [];
  private readonly takers: ((buffer: SharedArrayBuffer) => void)[] = [];
  private allocated = 0;
  private lastTicket = 0;
  private unsynced = 0;
  private writeBack: Promise<void> | undefined;
  private failure: Error | undefined;

  constructor(
    pool: HashPool,
    private readonly file: FileHandle,
    private readonly hashing: Hashing = everyHash,
  ) {
    this.session = pool.open(file.fd, hashing, (answer) => this.answered(answer));
  }

  /** A buffer of one block to fill; waits while all are in use, which is what slows a fast sender down. */
  async take(): Promise<Uint8Array> {
    if (this.failure) throw this.failure;
    const buffer = this.free.pop() ?? this.allocate() ?? (await new Promise<SharedArrayBuffer>((resolve) => this.takers.push(resolve)));
    if (this.failure) throw this.failure;
    return new Uint8Array(buffer);
  }

  /** The same without waiting; null when there is none now, or when `take` would say why there is none any more. */
  takeNow(): Uint8Array | null {
    if (this.failure) return null;
    const buffer = this.free.pop() ?? this.allocate();
    return buffer ? new Uint8Array(buffer) : null;
  }

  /** Hands back a buffer that was not used. */
  giveBack(buffer: Uint8Array): void {
    this.recycle(buffer.buffer as SharedArrayBuffer);
  }

  /**
   * Writes `length` bytes of a taken buffer as block `index`. False when they do not match `expected` (nothing is written then): the
   * block's hash in the block list, 32 bytes, or in the chunk list, 20. Rejects when the disk refuses.
   */
  async write(index: number, buffer: Uint8Array, length: number, expected: Buffer | null = null): Promise<boolean> {
    const bytes = buffer.buffer as SharedArrayBuffer;
    const answer = await this.ask('checking', { op: 'block', index, bytes, length, expected: expected && alone(expected) });
    if (!answer.matches) {
      this.recycle(bytes);
      return false;
    }
    this.keep({ index, length, buffer: bytes }, answer);
    this.written(length);
    return true;
  }

  /** Whether a block that an earlier process wrote is still right; it then counts as written. Null expects only that it is there. */
  async recheck(index: number, length: number, expected: Buffer | null): Promise<boolean> {
    const answer = await this.ask('checking', { op: 'recheck', index, length, expected: expected && alone(expected) });
    if (!answer.matches) return false;
    this.keep({ index, length, buffer: null }, answer);
    return true;
  }

  /** Hashes of the whole; only after every write has resolved. Throws when a block is missing, or when they were not asked for. */
  async finish(): Promise<WholeHashes> {
    if (!this.hashing.whole) throw new Error('The whole was not hashed.');
    if (this.nextInOrder !== this.digests.size)
      throw new Error(`Blocks are missing: ${this.nextInOrder} of ${this.digests.size} are in order.`);
    const { whole } = await this.ask('wholeFile', { op: 'finish' });
    return whole!;
  }

  /** The packed chunk list of what was written. */
  manifest(): Buffer {
    return pack(this.sha1s, BLOCK_HASH_BYTES);
  }

  /** The block list of what was written, and its root. */
  root(): ContentRoot {
    return rootOf(this.hashing.algorithm, this.size, pack(this.digests, BLOCK_DIGEST_BYTES));
  }

  /** Ends the session; when it resolves neither thread nor write-back touches the file, so that its handle may be closed. */
  async close(): Promise<void> {
    await this.session.close();
    this.fail(new BlockWriteFailed('The file was closed.'));
    await this.writeBack;
  }

  private ask(side: 'checking' | 'wholeFile', request: Asked): Promise<HashAnswer> {
    if (this.failure) return Promise.reject(this.failure);
    const { session } = this.session;
    const ticket = ++this.lastTicket;
    return new Promise((resolve, reject) => {
      this.tickets.set(ticket, { resolve, reject });
      this.session.post(side, { ...request, session, ticket });
    });
  }

  private keep(placed: Placed, { digest, sha1 }: HashAnswer): void {
    if (!this.digests.has(placed.index)) this.size += placed.length;
    this.digests.set(placed.index, digest!);
    if (sha1) this.sha1s.set(placed.index, sha1);
    if (this.hashing.whole) this.place(placed);
    else if (placed.buffer) this.recycle(placed.buffer);
  }

  /** What comes in turn is folded from memory, what came outOfOrder is read back from the file when its turn comes. */
  private place(placed: Placed): void {
    if (placed.index === this.nextInOrder) this.fold(placed);
    else {
      if (placed.index > this.nextInOrder) this.outOfOrder.set(placed.index, placed.length);
      if (placed.buffer) this.recycle(placed.buffer);
    }
    for (let length = this.outOfOrder.get(this.nextInOrder); length !== undefined; length = this.outOfOrder.get(this.nextInOrder)) {
      this.outOfOrder.delete(this.nextInOrder);
      this.fold({ index: this.nextInOrder, length, buffer: null });
    }
  }

  private fold({ index, length, buffer }: Placed): void {
    this.nextInOrder += 1;
    this.ask('wholeFile', { op: 'fold', index, bytes: buffer, length }).then(
      () => buffer && this.recycle(buffer),
      () => undefined, // reported by the next take, write or finish
    );
  }

  private answered(answer: HashAnswer): void {
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
    for (const taker of this.takers.splice(0)) taker(new SharedArrayBuffer(0)); // they find the failure
  }

  private allocate(): SharedArrayBuffer | undefined {
    if (this.allocated >= BUFFERS) return undefined;
    this.allocated += 1;
    return new SharedArrayBuffer(BLOCK_BYTES);
  }

  private recycle(buffer: SharedArrayBuffer): void {
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
