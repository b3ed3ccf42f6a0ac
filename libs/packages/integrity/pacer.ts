import { setTimeout as sleep } from 'node:timers/promises';

/** Called with the bytes of each step before the next: waits so long that no more than `rate` bytes pass a second. */
export type Pace = (bytes: number) => Promise<void>;

/** Rejects when `signal` is aborted. */
export function pacer(rate: number, signal: AbortSignal): Pace {
  let freeAt = performance.now();
  return async (bytes) => {
    const now = performance.now();
    freeAt = Math.max(freeAt, now) + (bytes / rate) * 1_000;
    if (freeAt - now > 1) await sleep(freeAt - now, undefined, { signal });
  };
}
