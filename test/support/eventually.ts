import { setTimeout as delay } from 'node:timers/promises';
import { patient } from './patience.mjs';

export interface Patience {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/**
 * Repeats `check` until it no longer throws, and answers its value: the way to wait for a state.
 * After the time is up the last error is thrown as it is, so that a failed expectation reads like one.
 */
export async function eventually<T>(check: () => T | Promise<T>, { timeoutMs = 30_000, everyMs = 25 }: Patience = {}): Promise<T> {
  const giveUp = Date.now() + patient(timeoutMs);
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() >= giveUp) throw error;
    }
    await delay(everyMs);
  }
}
