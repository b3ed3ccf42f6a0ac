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

/**
 * The body of a hashing thread. It is turned into text and run there, so it may use nothing from this module: that way it runs
 * the same from the built files and from a test runner that compiles on the fly.
 * Each block is hashed, compared, written at its place, and folded into the running hashes of the contiguous prefix; blocks that
 * came early are read back from the file (page cache) when the prefix reaches them.
 */
export function hashWorker(): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  const { createHash } = process.getBuiltinModule('node:crypto');
  const { readSync, writeSync } = process.getBuiltinModule('node:fs');
  const BLOCK = 1_048_576;
  type Session = {
    fd: number;
    sha1: ReturnType<typeof createHash>;
    sha256: ReturnType<typeof createHash>;
    next: number;
    early: Map<number, number>;
  };
  const sessions = new Map<number, Session>();

  const fold = (session: Session, data: Uint8Array): void => {
    session.sha1.update(data);
    session.sha256.update(data);
    session.next += 1;
  };
  const readBlock = (fd: number, index: number, length: number): Buffer | null => {
    const data = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const count = readSync(fd, data, done, length - done, index * BLOCK + done);
      if (count === 0) return null; // the file ends before
      done += count;
    }
    return data;
  };
  const advance = (session: Session): void => {
    for (let length = session.early.get(session.next); length !== undefined; length = session.early.get(session.next)) {
      session.early.delete(session.next);
      const data = readBlock(session.fd, session.next, length);
      if (!data) throw Object.assign(new Error('The staging file is shorter than it was.'), { code: 'EIO' });
      fold(session, data);
    }
  };
  const place = (session: Session, index: number, data: Uint8Array): void => {
    if (index === session.next) fold(session, data);
    else if (index > session.next) session.early.set(index, data.length);
    advance(session);
  };
  const matches = (digest: Buffer, expected: Uint8Array | null): boolean => expected === null || digest.equals(expected);

  const answerBlock = (session: Session, request: Extract<HashRequest, { op: 'block' }>): Partial<HashAnswer> => {
    const data = new Uint8Array(request.bytes, 0, request.length);
    const digest = createHash('sha1').update(data).digest();
    if (!matches(digest, request.expected)) return { matches: false };
    for (let done = 0; done < data.length; ) done += writeSync(session.fd, data, done, data.length - done, request.index * BLOCK + done);
    place(session, request.index, data);
    return { matches: true, sha1: digest };
  };
  const answerRecheck = (session: Session, request: Extract<HashRequest, { op: 'recheck' }>): Partial<HashAnswer> => {
    const data = readBlock(session.fd, request.index, request.length);
    if (!data || !matches(createHash('sha1').update(data).digest(), request.expected)) return { matches: false };
    place(session, request.index, data);
    return { matches: true };
  };
  const finish = (session: Session): Partial<HashAnswer> => ({
    whole: { sha1: session.sha1.digest('hex'), sha256: session.sha256.digest('hex'), blocks: session.next },
  });

  const answer = (request: Exclude<HashRequest, { op: 'open' | 'close' }>): Partial<HashAnswer> => {
    const session = sessions.get(request.session);
    if (!session) return { error: { message: 'The file was closed.' } };
    try {
      if (request.op === 'block') return answerBlock(session, request);
      return request.op === 'recheck' ? answerRecheck(session, request) : finish(session);
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      return { error: { message, ...(code === undefined ? {} : { code }) } };
    }
  };

  parentPort!.on('message', (request: HashRequest) => {
    if (request.op === 'open') {
      sessions.set(request.session, {
        fd: request.fd,
        sha1: createHash('sha1'),
        sha256: createHash('sha256'),
        next: 0,
        early: new Map(),
      });
    } else if (request.op === 'close') {
      sessions.delete(request.session);
      parentPort!.postMessage({ session: request.session, ticket: 0, isClosed: true });
    } else {
      const { session, ticket } = request;
      const back = request.op === 'block' ? { bytes: request.bytes } : {};
      parentPort!.postMessage({ session, ticket, ...answer(request), ...back }, request.op === 'block' ? [request.bytes] : []);
    }
  });
}
