import { inject, Injectable, signal } from '@angular/core';
import { Subject } from 'rxjs';
import { streamEvents } from '#libs/api-client';
import { Session } from '../session/session';
import { FrameCutter } from './event-frames';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 20_000;

/** What happens at the server, as it happens. A broken stream is taken up again where it broke. */
@Injectable({ providedIn: 'root' })
export class Live {
  private readonly session = inject(Session);
  private readonly told = new Subject<string>();
  private readonly connected = signal(false);
  private lastId: string | null = null;

  readonly isConnected = this.connected.asReadonly();
  /** The types of events, as they come. */
  readonly events = this.told.asObservable();

  /** Listens until the signal is aborted. */
  async listen(signal: AbortSignal): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
      const hadEvents = await this.once(signal).catch(() => false); // a broken line: tried again below
      this.connected.set(false);
      if (signal.aborted) return;
      if (hadEvents) waitMs = FIRST_WAIT_MS;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  /** One stream to its end; true when it told anything. */
  private async once(signal: AbortSignal): Promise<boolean> {
    const response = await this.open(signal);
    if (response.status === 401 && this.session.state() === 'signed-in') await this.session.refresh();
    if (!response.ok || !response.body) return false;
    this.connected.set(true);
    const cutter = new FrameCutter();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let hasTold = false;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return hasTold;
      for (const { type, id } of cutter.cut(value)) {
        hasTold = true;
        this.lastId = id ?? this.lastId;
        if (type !== '') this.told.next(type);
      }
    }
  }

  private open(signal: AbortSignal): Promise<Response> {
    const headers = { Authorization: `Bearer ${this.session.accessToken ?? ''}`, ...(this.lastId && { 'Last-Event-ID': this.lastId }) };
    return fetch(streamEvents.PATH, { headers, signal, cache: 'no-store' });
  }
}
