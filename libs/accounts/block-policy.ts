/** Wrong passwords that cost nothing. An address has more of them: a whole office can stand behind one. */
export const FREE_ATTEMPTS = { account: 5, address: 20 } as const;

const FIRST_BLOCK_MS = 30_000;
const LONGEST_BLOCK_MS = 15 * 60_000;
/** After this time without an attempt the count starts over. */
export const FORGET_AFTER_MS = 60 * 60_000;

/** How long the next attempt has to wait after this many wrong ones, in milliseconds: doubles with each one over the limit. */
export function blockMs(failures: number, freeAttempts: number): number {
  if (failures < freeAttempts) return 0;
  return Math.min(LONGEST_BLOCK_MS, FIRST_BLOCK_MS * 2 ** (failures - freeAttempts));
}
