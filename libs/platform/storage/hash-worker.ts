/** What travels to a hashing thread. `session` names one file being written. */
export type HashRequest =
  | { readonly op: 'open'; readonly session: number; readonly fd: number }
  | {
      readonly op: 'block';
      readonly session: number;
      readonly ticket: number;
      readonly index: number;
      readonly bytes: ArrayBuffer;
      readonly length: number;
      readonly expected: Uint8Array | null;
    }
  | {
      readonly op: 'recheck';
      readonly session: number;
      readonly ticket: number;
      readonly index: number;
      readonly length: number;
      readonly expected: Uint8Array;
    }
  | { readonly op: 'finish'; readonly session: number; readonly ticket: number }
  | { readonly op: 'close'; readonly session: number };

/** What comes back: one answer for each ticket. */
export interface HashAnswer {
  readonly session: number;
  readonly ticket: number;
  /** False: the bytes are not what was expected, and nothing was written. */
  readonly matches?: boolean;
  readonly sha1?: Uint8Array;
  /** The buffer of a block request, handed back to be filled again. */
  readonly bytes?: ArrayBuffer;
  readonly whole?: { readonly sha1: string; readonly sha256: string; readonly blocks: number };
  readonly error?: { readonly message: string; readonly code?: string };
  /** Everything asked for before has been done: the file descriptor is not touched any more. */
  readonly isClosed?: true;
}

// The body of a hashing thread, as one class and one function. They are turned into text and run there, so they may use nothing
// from this module but each other: that way they run the same from the built files and from a test runner that compiles on the fly.

/**
 * One file being written: each block is hashed, compared, written at its place, and folded into the running hashes of the
 * contiguous prefix; blocks that came early are read back from the file (page cache) when the prefix reaches them.
 */
class HashSession {
  private readonly crypto = process.getBuiltinModule('node:crypto');
  private readonly fs = process.getBuiltinModule('node:fs');
  private readonly sha1 = this.crypto.createHash('sha1');
  private readonly sha256 = this.crypto.createHash('sha256');
  private readonly early = new Map<number, number>();
  private readonly blockSize = 1_048_576;
  private next = 0;

  constructor(private readonly fd: number) {}

  block(request: Extract<HashRequest, { op: 'block' }>): Partial<HashAnswer> {
    const data = new Uint8Array(request.bytes, 0, request.length);
    const digest = this.digestOf(data);
    if (request.expected !== null && !digest.equals(request.expected)) return { matches: false };
    const at = request.index * this.blockSize;
    for (let done = 0; done < data.length;) done += this.fs.writeSync(this.fd, data, done, data.length - done, at + done);
    this.place(request.index, data);
    return { matches: true, sha1: digest };
  }

  recheck(request: Extract<HashRequest, { op: 'recheck' }>): Partial<HashAnswer> {
    const data = this.read(request.index, request.length);
    if (!data || !this.digestOf(data).equals(request.expected)) return { matches: false };
    this.place(request.index, data);
    return { matches: true };
  }

  finish(): Partial<HashAnswer> {
    return { whole: { sha1: this.sha1.digest('hex'), sha256: this.sha256.digest('hex'), blocks: this.next } };
  }

  private place(index: number, data: Uint8Array): void {
    if (index === this.next) this.fold(data);
    else if (index > this.next) this.early.set(index, data.length);
    for (let length = this.early.get(this.next); length !== undefined; length = this.early.get(this.next)) {
      this.early.delete(this.next);
      const found = this.read(this.next, length);
      if (!found) throw Object.assign(new Error('The staging file is shorter than it was.'), { code: 'EIO' });
      this.fold(found);
    }
  }

  private fold(data: Uint8Array): void {
    this.sha1.update(data);
    this.sha256.update(data);
    this.next += 1;
  }

  /** Null when the file ends before. */
  private read(index: number, length: number): Buffer | null {
    const data = Buffer.allocUnsafe(length);
    for (let done = 0; done < length;) {
      const count = this.fs.readSync(this.fd, data, done, length - done, index * this.blockSize + done);
      if (count === 0) return null;
      done += count;
    }
    return data;
  }

  private digestOf(data: Uint8Array): Buffer {
    return this.crypto.createHash('sha1').update(data).digest();
  }
}

function answerRequests(Session: typeof HashSession): void {
  const port = process.getBuiltinModule('node:worker_threads').parentPort!;
  const sessions = new Map<number, HashSession>();

  const answer = (request: Exclude<HashRequest, { op: 'open' | 'close' }>): Partial<HashAnswer> => {
    const session = sessions.get(request.session);
    if (!session) return { error: { message: 'The file was closed.' } };
    try {
      if (request.op === 'block') return session.block(request);
      return request.op === 'recheck' ? session.recheck(request) : session.finish();
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      return { error: { message, ...(code === undefined ? {} : { code }) } };
    }
  };

  port.on('message', (request: HashRequest) => {
    if (request.op === 'open') {
      sessions.set(request.session, new Session(request.fd));
    } else if (request.op === 'close') {
      sessions.delete(request.session);
      port.postMessage({ session: request.session, ticket: 0, isClosed: true });
    } else {
      const { session, ticket } = request;
      const back = request.op === 'block' ? { bytes: request.bytes } : {};
      port.postMessage({ session, ticket, ...answer(request), ...back }, request.op === 'block' ? [request.bytes] : []);
    }
  });
}

/** The source text of a hashing thread. */
export const hashWorkerSource = (): string => `(${answerRequests.toString()})(${HashSession.toString()})`;
