/** What travels to a hashing thread. `session` names one file being written. Bytes are in shared memory: nothing is copied or handed over. */
export type HashRequest =
  | { readonly op: 'open'; readonly session: number; readonly fd: number }
  | {
      readonly op: 'block';
      readonly session: number;
      readonly ticket: number;
      readonly index: number;
      readonly bytes: SharedArrayBuffer;
      readonly length: number;
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
  readonly sha1?: Uint8Array;
  readonly whole?: { readonly sha1: string; readonly sha256: string };
  readonly error?: { readonly message: string; readonly code?: string };
  /** Everything asked for before has been done: the file descriptor is not touched any more. */
  readonly isClosed?: true;
}

// The body of a hashing thread, as one class and one function. They are turned into text and run there, so they may use nothing
// from this module but each other: that way they run the same from the built files and from a test runner that compiles on the fly.

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
  private own: Uint8Array | undefined;

  constructor(private readonly fd: number) {}

  block(request: Extract<HashRequest, { op: 'block' }>): Partial<HashAnswer> {
    const data = new Uint8Array(request.bytes, 0, request.length);
    const digest = this.digestOf(data);
    if (request.expected !== null && !digest.equals(request.expected)) return { matches: false };
    const at = request.index * this.blockSize;
    for (let done = 0; done < data.length;) done += this.fs.writeSync(this.fd, data, done, data.length - done, at + done);
    return { matches: true, sha1: digest };
  }

  recheck(request: Extract<HashRequest, { op: 'recheck' }>): Partial<HashAnswer> {
    const data = this.read(request.index, request.length);
    if (data === null) return { matches: false };
    const sha1 = this.digestOf(data);
    return { matches: request.expected === null || sha1.equals(request.expected), sha1 };
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
  private read(index: number, length: number): Uint8Array | null {
    this.own ??= new Uint8Array(this.blockSize);
    const data = this.own.subarray(0, length);
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
      if (request.op === 'recheck') return session.recheck(request);
      return request.op === 'fold' ? session.fold(request) : session.finish();
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
      port.postMessage({ session, ticket, ...answer(request) });
    }
  });
}

/** The source text of a hashing thread. */
export const hashWorkerSource = (): string => `(${answerRequests.toString()})(${HashSession.toString()})`;
