import { DestroyRef, inject, Injectable, signal } from '@angular/core';

/** "2 minutes ago" is wrong a minute later. */
const TICK_MS = 10_000;

/** The time, for texts that follow it. */
@Injectable({ providedIn: 'root' })
export class Now {
  private readonly at = signal(Date.now() / 1_000);

  /** Unix time. */
  readonly seconds = this.at.asReadonly();

  constructor() {
    const timer = setInterval(() => this.at.set(Date.now() / 1_000), TICK_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }
}
