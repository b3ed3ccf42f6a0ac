import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { blake3Module } from '#libs/platform/crypto/block-digest.js';
import { type HashAnswer, type Hashing, type HashRequest, type HashWorkerData, hashWorkerSource } from './hash-worker.js';

type Listener = (answer: HashAnswer) => void;

interface OpenSession {
  readonly listener: Listener;
  /** Called when the thread is done with the file. */
  readonly closed: (() => void)[];
}

interface Thread {
  readonly worker: Worker;
  readonly sessions: Map<number, OpenSession>;
}

type Side = 'checking' | 'wholeFile';

export interface HashSession {
  readonly session: number;
  /** Each side does what it is asked in order; they are two threads where the machine has more than one processor. */
  post(side: Side, request: HashRequest): void;
  /**
   * Resolves when no thread will touch the file again. Only then may the descriptor be closed: the system gives its
   * number to the next file that is opened, and a late write would land there.
   */
  close(): Promise<void>;
}

const MOST_THREADS = 4;

/** Threads that hash and write blocks, shared by all uploads and transfers of this process; started when first needed. */
@Injectable()
export class HashPool implements OnApplicationShutdown {
  private readonly threads: Thread[] = [];
  private readonly size = Math.max(1, Math.min(MOST_THREADS, availableParallelism()));
  private lastSession = 0;

  /** Begins a session on the least busy threads; the whole is hashed on one of its own where there are two. */
  open(fd: number, hashing: Hashing, listener: Listener): HashSession {
    const session = ++this.lastSession;
    const open: HashRequest = { op: 'open', session, fd, hashing };
    const checking = this.join(open, listener, null);
    const wholeFile = this.size > 1 && hashing.whole ? this.join(open, listener, checking) : checking;
    const sides = { checking, wholeFile };
    return {
      session,
      post: (side, request) => sides[side].worker.postMessage(request),
      close: async () => {
        await Promise.all([...new Set([checking, wholeFile])].map((thread) => this.leave(thread, session)));
      },
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  private join(open: HashRequest, listener: Listener, other: Thread | null): Thread {
    const thread = this.pick(other);
    thread.sessions.set(open.session, { listener, closed: [] });
    thread.worker.postMessage(open);
    return thread;
  }

  private leave({ worker, sessions }: Thread, session: number): Promise<void> {
    return new Promise((resolve) => {
      const open = sessions.get(session);
      if (!open) return resolve(); // closed before, or its thread is gone
      open.closed.push(resolve);
      worker.postMessage({ op: 'close', session } satisfies HashRequest);
    });
  }

  private pick(other: Thread | null): Thread {
    const [idlest] = this.threads.filter((thread) => thread !== other).sort((a, b) => a.sessions.size - b.sessions.size);
    if (idlest && (idlest.sessions.size === 0 || this.threads.length >= this.size)) return idlest;
    const thread = this.start();
    this.threads.push(thread);
    return thread;
  }

  private start(): Thread {
    const worker = new Worker(hashWorkerSource(), {
      eval: true,
      name: 'ods-hash',
      workerData: { blake3: blake3Module } satisfies HashWorkerData,
    });
    const thread: Thread = { worker, sessions: new Map() };
    let cause = 'The hashing thread was stopped.';
    worker.on('message', (answer: HashAnswer) => this.answered(thread, answer));
    worker.on('error', (error) => (cause = error.message));
    worker.once('exit', () => this.lost(thread, cause));
    worker.unref();
    return thread;
  }

  private answered({ sessions }: Thread, answer: HashAnswer): void {
    const open = sessions.get(answer.session);
    if (!answer.isClosed) return open?.listener(answer);
    sessions.delete(answer.session);
    for (const resolve of open?.closed ?? []) resolve();
  }

  /** A thread ended: whatever it was doing fails, the next session gets a new one. */
  private lost(thread: Thread, message: string): void {
    const at = this.threads.indexOf(thread);
    if (at >= 0) this.threads.splice(at, 1);
    const sessions = [...thread.sessions];
    thread.sessions.clear();
    for (const [session, { listener, closed }] of sessions) {
      listener({ session, ticket: 0, error: { message } });
      for (const resolve of closed) resolve();
    }
  }
}
