import { setTimeout as sleep } from 'node:timers/promises';

/** How often work is done at most that the database gave way in. */
export const MAX_ATTEMPTS = 8;

/** Before another attempt: longer each time, and not the same for two that met. */
export const pause = (tries: number): Promise<void> => sleep(Math.random() * 10 * 2 ** tries);
