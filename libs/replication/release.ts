import type { ContentState } from './entry-effects.js';

/**
 * Which copies may go (MESH §5). A server that wants to remove a content offers it to others, and removes it only after one of them has promised to keep
 * its own. A promise is durable, blocks the promising server's own removal for `PROMISE_MS`, and ends an offer of its own.
 */
export const PROMISE_MS = 3_600_000;

/** The promises of one offer are used within this time of asking, or not at all: far less than they last. Milliseconds. */
export const OFFER_MS = 300_000;

/** A copy as the server that is asked has it. */
export interface AskedCopy {
  readonly state: ContentState;
  /** It offers the same content itself at this moment. */
  readonly isOffered: boolean;
  /** The file is there with its size, and its bytes were verified recently enough. */
  readonly isSound: boolean;
}

/**
 * Whether a server promises another one to keep its copy. A superseded copy never counts: it is removed without asking. When both offer, the one with
 * the greater ISS ID keeps its copy.
 */
export function promisesToKeep(copy: AskedCopy, ownIss: string, askerIss: string): boolean {
  if (!copy.isSound || ownIss === askerIss) return false;
  if (copy.state === 'held') return true;
  return copy.state === 'withdrawn' && (!copy.isOffered || ownIss > askerIss);
}
