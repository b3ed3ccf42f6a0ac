import { HttpErrorResponse } from '@angular/common/http';
import { Injectable, signal } from '@angular/core';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/** Whether the server answers. When it stops, it is asked again with growing waits until it is back. */
@Injectable({ providedIn: 'root' })
export class Connection {
  private readonly lost = signal(false);
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly isLost = this.lost.asReadonly();

  /** Pages report here how their calls ended. */
  note(error?: unknown): void {
    if (error instanceof HttpErrorResponse && (error.status === 0 || error.status === 502 || error.status === 504)) this.lose();
    else if (error === undefined) this.lost.set(false);
  }

  private lose(): void {
    if (this.lost()) return;
    this.lost.set(true);
    this.ask(FIRST_WAIT_MS);
  }

  private ask(waitMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      fetch('/healthz', { cache: 'no-store' }).then(
        ({ ok }) => (ok ? this.lost.set(false) : this.ask(Math.min(LONGEST_WAIT_MS, waitMs * 2))),
        () => this.ask(Math.min(LONGEST_WAIT_MS, waitMs * 2)),
      );
    }, waitMs);
  }
}
