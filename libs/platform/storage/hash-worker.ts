import type { RootAlgorithm } from '#libs/platform/crypto/block-digest.js';

/** What is to be known of a file that is written. */
export interface Hashing {
  /** The hash of each block in the block list. */
  readonly algorithm: RootAlgorithm;
  /** Also SHA-1 of each block, the chunk list of the API. */
  readonly sha1: boolean;
  /** Also SHA-1 and SHA-256 of the whole. */
  readonly whole: boolean;
}

/** What travels to a hashing thread. `session` names one file being written. Bytes are in shared memory: nothing is copied or handed over. */
export type HashRequest =
  | { readonly op: 'open'; readonly session: number; readonly fd: number; readonly hashing: Hashing }
  | {
      readonly op: 'block';
      readonly session: number;
      readonly ticket: number;
      readonly index: number;
      readonly bytes: SharedArrayBuffer;
      readonly length: number;
      /** The hash of the block list (32 bytes) or of the chunk list (20). */
      readonly expected: Uint8Array | null;
    }
  | {
      readonly op: 'recheck';
      readonly session: number;
      readonly ticket: number;
      readonly index: number;
      readonly length: number;
      /** Null: whatever is there is right. */
      readonly expected: Uint8Array | null;
    }
  | {
      readonly op: 'fold';
      readonly session: number;
      readonly ticket: number;
      readonly index: number;
      /** Null: they are in the file by now, and mostly still in the system's memory. */
      readonly bytes: SharedArrayBuffer | null;
      readonly length: number;
    }
  | { readonly op: 'finish'; readonly session: number; readonly ticket: number }
  | { readonly op: 'close'; readonly session: number };

/** What comes back: one answer for each ticket. */
export interface HashAnswer {
  readonly session: number;
  readonly ticket: number;
  /** False: the bytes are not what was expected, and nothing was written. */
  readonly matches?: boolean;
  /** Of the block, with the session's algorithm. */
  readonly digest?: Uint8Array;
  readonly sha1?: Uint8Array;
  readonly whole?: { readonly sha1: string; readonly sha256: string };
  readonly error?: { readonly message: string; readonly code?: string };
  /** Everything asked for before has been done: the file descriptor is not touched any more. */
  readonly isClosed?: true;
}

// The body of a hashing thread, as one class and one function. They are turned into text and run there, so they may use nothing
// from this module but each other: that way they run the same from the built files and from a test runner that compiles on the fly.
// What they load besides comes as data: the file with BLAKE3 (`blake3Module`).

export interface HashWorkerData {
  readonly blake3: { readonly file: string; readonly isNative: boolean };
}

/**
 * One file being written. Blocks are hashed, compared and written at their places in any order; on a thread of its own, where
 * there are two, the whole is hashed from beginning to end.
 */
class HashSession {
  private readonly crypto = process.getBuiltinModule('node:crypto');
  private readonly fs = process.getBuiltinModule('node:fs');
  private readonly sha1 = this.crypto.createHash('sha1');
  private readonly sha256 = this.crypto.createHash('sha256');
  private readonly blockSize = 1_048_576;
  private own: Buffer | undefined;

  constructor(
    private readonly fd: number,
    private readonly hashing: Hashing,
    private readonly blake3: (bytes: Buffer) => Uint8Array,
  ) {}

  block(request: Extract<HashRequest, { op: 'block' }>): Partial<HashAnswer> {
    const data = Buffer.from(request.bytes, 0, request.length);
    const answer = this.check(data, request.expected);
    const at = request.index * this.blockSize;
    for (let done = 0; answer.matches && done < data.length;) done += this.fs.writeSync(this.fd, data, done, data.length - done, at + done);
    return answer;
  }

  recheck(request: Extract<HashRequest, { op: 'recheck' }>): Partial<HashAnswer> {
    const data = this.read(request.index, request.length);
    return data === null ? { matches: false } : this.check(data, request.expected);
  }

  fold(request: Extract<HashRequest, { op: 'fold' }>): Partial<HashAnswer> {
    const data = request.bytes ? new Uint8Array(request.bytes, 0, request.length) : this.read(request.index, request.length);
    if (!data) throw Object.assign(new Error('The staging file is shorter than it was.'), { code: 'EIO' });
    this.sha1.update(data);
    this.sha256.update(data);
    return {};
  }

  finish(): Partial<HashAnswer> {
    return { whole: { sha1: this.sha1.digest('hex'), sha256: this.sha256.digest('hex') } };
  }

  /** Null when the file ends before. What comes back is good until the next call. */
  private read(index: number, length: number): Buffer | null {
    this.own ??= Buffer.allocUnsafeSlow(this.blockSize);
    const data = this.own.subarray(0, length);
    for (let done = 0; done < length;) {
      const count = this.fs.readSync(this.fd, data, done, length - done, index * this.blockSize + done);
      if (count === 0) return null;
      done += count;
    }
    return data;
  }

  /** Which hash is expected shows in its length. */
  private check(data: Buffer, expected: Uint8Array | null): Partial<HashAnswer> {
    const { algorithm, sha1 } = this.hashing;
    const isListed = expected?.length === 20;
    const first = isListed ? this.digestOf('sha1', data) : this.strong(algorithm, data);
    if (expected !== null && Buffer.compare(first, expected) !== 0) return { matches: false };
    const digest = isListed ? this.strong(algorithm, data) : first;
    return { matches: true, digest, ...(isListed ? { sha1: first } : sha1 ? { sha1: this.digestOf('sha1', data) } : {}) };
  }

  private strong(algorithm: RootAlgorithm, data: Buffer): Uint8Array {
    return algorithm === 'blake3' ? this.blake3(data) : this.digestOf(algorithm, data);
  }

  private digestOf(algorithm: string, data: Buffer): Uint8Array {
    return this.crypto.createHash(algorithm).update(data).digest();
  }
}

function answerRequests(Session: typeof HashSession): void {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
  const port = parentPort!;
  const { file, isNative } = (workerData as HashWorkerData).blake3;
  const load = process.getBuiltinModule('node:module').createRequire(file);
  const native = isNative ? (load(file) as { blake3(bytes: Uint8Array): Uint8Array }) : null;
  let portable: typeof native = null; // JavaScript is only loaded when it is needed
  const blake3 = (bytes: Buffer): Uint8Array => (native ?? (portable ??= load(file) as NonNullable<typeof native>)).blake3(bytes);
  const sessions = new Map<number, HashSession>();

  const answer = (request: Exclude<HashRequest, { op: 'open' | 'close' }>): Partial<HashAnswer> => {
    const session = sessions.get(request.session);
    if (!session) return { error: { message: 'The file was closed.' } };
    try {
      if (request.op === 'block') return session.block(request);
      if (request.op === 'recheck') return session.recheck(request);
      return request.op === 'fold' ? session.fold(request) : session.finish();
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      return { error: { message, ...(code === undefined ? {} : { code }) } };
    }
  };

  port.on('message', (request: HashRequest) => {
    if (request.op === 'open') {
      sessions.set(request.session, new Session(request.fd, request.hashing, blake3));
    } else if (request.op === 'close') {
      sessions.delete(request.session);
      port.postMessage({ session: request.session, ticket: 0, isClosed: true });
    } else {
      const { session, ticket } = request;
      port.postMessage({ session, ticket, ...answer(request) });
    }
  });
}

/** The source text of a hashing thread. `__name` is what bundling adds to functions, so that they keep their names. */
export const hashWorkerSource = (): string => `const __name = (named) => named; (${answerRequests.toString()})(${HashSession.toString()})`;
