import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { AppendWriter } from '#libs/platform/storage/append-writer.js';
import { Shutdown } from '#libs/platform/http/shutdown.js';
import { ResumableLocked } from './resumable.errors.js';

interface Turn {
  readonly interruption: AbortController;
  readonly over: Promise<unknown>;
}

interface Idle {
  readonly writer: AppendWriter;
  readonly timer: NodeJS.Timeout;
}

/** Writers kept open between two requests, so that nothing has to be read again; each takes some memory. */
const MOST_IDLE = 8;
const IDLE_MS = 60_000;

/** The resumable uploads that this process writes to: one request at a time for each. */
@Injectable()
export class OpenUploads implements OnModuleDestroy {
  private readonly logger = new Logger(OpenUploads.name);
  private readonly turns = new Map<string, Turn>();
  private readonly idle = new Map<string, Idle>();

  constructor(private readonly shutdown: Shutdown) {}

  /** Runs `work` while no other request here touches the upload; the signal says that it should come to an end. Throws ResumableLocked. */
  async exclusively<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.turns.has(id)) throw new ResumableLocked();
    const interruption = new AbortController();
    const signal = AbortSignal.any([interruption.signal, this.shutdown.signal]);
    const result = Promise.resolve().then(() => work(signal));
    this.turns.set(id, { interruption, over: result.catch(() => undefined) }); // the next caller does not need its outcome
    try {
      return await result;
    } finally {
      this.turns.delete(id);
    }
  }

  /** Ends the request that writes to the upload, if there is one, and waits until what it received is safe. */
  async interrupt(id: string): Promise<void> {
    const turn = this.turns.get(id);
    turn?.interruption.abort();
    await turn?.over;
  }

  /** The writer that an earlier request left open, or null. It is the caller's from then on. */
  take(id: string): AppendWriter | null {
    const found = this.idle.get(id);
    if (!found) return null;
    clearTimeout(found.timer);
    this.idle.delete(id);
    return found.writer;
  }

  /** Leaves the writer open for the next request; the one that waited longest goes when there are too many. */
  keep(id: string, writer: AppendWriter): void {
    const timer = setTimeout(() => this.discard(id), IDLE_MS);
    timer.unref();
    this.idle.set(id, { writer, timer });
    const [oldest] = this.idle.keys();
    if (this.idle.size > MOST_IDLE && oldest !== undefined) this.discard(oldest);
  }

  async onModuleDestroy(): Promise<void> {
    for (const [id, { interruption, over }] of this.turns) {
      this.logger.log(`Ending the upload ${id}; it can be resumed.`);
      interruption.abort();
      await over;
    }
    for (const id of [...this.idle.keys()]) await this.take(id)?.close();
  }

  private discard(id: string): void {
    this.take(id)
      ?.close()
      .catch((error: unknown) => this.logger.warn(`A staging file could not be closed: ${String(error)}`));
  }
}
