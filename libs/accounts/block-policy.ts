/**
 * Wrong passwords that cost nothing: for one account from one address; from one address, behind which a whole office can stand; and for
 * one account from all addresses that never signed in to it, so that a crowd of addresses does not guess for ever.
 */
export const FREE_ATTEMPTS = { pair: 5, address: 20, account: 100 } as const;

const FIRST_BLOCK_MS = 30_000;
const LONGEST_BLOCK_MS = 15 * 60_000;
/** After this time without an attempt the count starts over. */
export const FORGET_AFTER_MS = 60 * 60_000;

/** How long the next attempt has to wait after this many wrong ones, in milliseconds: doubles with each one over the limit. */
export function blockMs(failures: number, freeAttempts: number): number {
  if (failures < freeAttempts) return 0;
  return Math.min(LONGEST_BLOCK_MS, FIRST_BLOCK_MS * 2 ** (failures - freeAttempts));
}

/** An address that has signed in to the account stays known for this long. */
export const KNOWN_FOR_MS = 90 * 86_400_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 4_000;
/** Attempts of a known address wait in a queue no longer than this. */
export const LONGEST_QUEUE_MS = 20_000;

/** How far apart the attempts of a known address are, in milliseconds: it is slowed down, and never shut out. */
export function delayMs(failures: number): number {
  if (failures < FREE_ATTEMPTS.pair) return 0;
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - FREE_ATTEMPTS.pair));
}
