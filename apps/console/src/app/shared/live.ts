import { inject, Injectable, signal } from '@angular/core';
import { Subject } from 'rxjs';
import { streamEvents } from '#libs/api-client';
import { Session } from '../session/session';
import { FrameCutter } from './event-frames';
import { basePath } from './base';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 20_000;

/** Resolves when the tab is seen, or the signal is aborted. */
const untilSeen = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
    look();
  });

/**
 * The server's events as they happen. A broken stream is resumed where it broke. A hidden tab has none: over
 * plain HTTP a browser opens six connections to a server, and that many tabs would leave nothing for their questions.
 */
@Injectable({ providedIn: 'root' })
export class Live {
  private readonly session = inject(Session);
  private readonly received = new Subject<string>();
  private readonly connected = signal(false);
  private lastId: string | null = null;

  readonly isConnected = this.connected.asReadonly();
  /** The types of events, as they come. */
  readonly events = this.received.asObservable();

  /** Listens until the signal is aborted. */
  async listen(signal: AbortSignal): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
      await untilSeen(signal);
      if (signal.aborted) return;
      const hadEvents = await this.once(signal).catch(() => false); // a broken line: tried again below
      this.connected.set(false);
      if (signal.aborted) return;
      if (document.hidden) {
        waitMs = FIRST_WAIT_MS / 2;
        continue;
      }
      if (hadEvents) waitMs = FIRST_WAIT_MS;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  /** Reads one stream to its end; true when it had any event. */
  private async once(leaving: AbortSignal): Promise<boolean> {
    const stop = new AbortController();
    const away = (): void => void ((document.hidden || leaving.aborted) && stop.abort());
    document.addEventListener('visibilitychange', away);
    leaving.addEventListener('abort', away);
    try {
      return await this.read(stop.signal);
    } finally {
      document.removeEventListener('visibilitychange', away);
      leaving.removeEventListener('abort', away);
    }
  }

  private async read(signal: AbortSignal): Promise<boolean> {
    const response = await this.open(signal);
    if (response.status === 401 && this.session.state() === 'signed-in') await this.session.refresh();
    if (!response.ok || !response.body) return false;
    this.connected.set(true);
    const cutter = new FrameCutter();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let hasReceived = false;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return hasReceived;
      for (const { type, id } of cutter.cut(value)) {
        hasReceived = true;
        this.lastId = id ?? this.lastId;
        if (type !== '') this.received.next(type);
      }
    }
  }

  private open(signal: AbortSignal): Promise<Response> {
    const headers = { Authorization: `Bearer ${this.session.accessToken ?? ''}`, ...(this.lastId && { 'Last-Event-ID': this.lastId }) };
    return fetch(basePath() + streamEvents.PATH, { headers, signal, cache: 'no-store' });
  }
}
