import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type HashAnswer, type HashRequest, hashWorker } from './hash-worker.js';

type Listener = (answer: HashAnswer) => void;

interface Thread {
  readonly worker: Worker;
  readonly sessions: Map<number, Listener>;
}

const MOST_THREADS = 4;

/** Threads that hash and write blocks, shared by all uploads and transfers of this process; started when first needed. */
@Injectable()
export class HashPool implements OnApplicationShutdown {
  private readonly threads: Thread[] = [];
  private readonly size = Math.max(1, Math.min(MOST_THREADS, availableParallelism()));
  private lastSession = 0;

  /** Begins a session on the least busy thread. */
  open(fd: number, listener: Listener): HashSession {
    const thread = this.pick();
    const session = ++this.lastSession;
    thread.sessions.set(session, listener);
    const post = (request: HashRequest, transfer: ArrayBuffer[] = []) => thread.worker.postMessage(request, transfer);
    post({ op: 'open', session, fd });
    return {
      session,
      post,
      close: () => {
        thread.sessions.delete(session);
        post({ op: 'close', session });
      },
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  private pick(): Thread {
    const [idlest] = [...this.threads].sort((a, b) => a.sessions.size - b.sessions.size);
    if (idlest && (idlest.sessions.size === 0 || this.threads.length >= this.size)) return idlest;
    const thread = this.start();
    this.threads.push(thread);
    return thread;
  }

  private start(): Thread {
    const worker = new Worker(`(${hashWorker.toString()})()`, { eval: true, name: 'ods-hash' });
    const sessions = new Map<number, Listener>();
    worker.on('message', (answer: HashAnswer) => sessions.get(answer.session)?.(answer));
    worker.on('error', (error) => this.lost(worker, sessions, error));
    worker.unref();
    return { worker, sessions };
  }

  /** A thread died: whatever it was doing fails, the next session gets a new one. */
  private lost(worker: Worker, sessions: Map<number, Listener>, error: Error): void {
    const at = this.threads.findIndex((thread) => thread.worker === worker);
    if (at >= 0) this.threads.splice(at, 1);
    for (const [session, listener] of sessions) listener({ session, ticket: -1, error: { message: error.message } });
  }
}

export interface HashSession {
  readonly session: number;
  post(request: HashRequest, transfer?: ArrayBuffer[]): void;
  close(): void;
}
