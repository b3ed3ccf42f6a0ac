import type { AnyWrite } from './register.js';

/**
 * Why something that a peer sent was not merged: `malformed` not an entry; `future` stamped too far ahead; `unsigned` without a
 * signature; `unknown-key` no key of its author is known; `signature` not made by its author; `other-facts` its uuid names another
 * content; `incomplete` the rest of a new name was refused; `rights` outside of what its author may do here.
 */
export const refusalCodes = ['malformed', 'future', 'unsigned', 'unknown-key', 'signature', 'other-facts', 'incomplete', 'rights'] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** Refusals that time or another message may lift: the changes are checked again. */
export const passingRefusals: readonly RefusalCode[] = ['future', 'unknown-key', 'unsigned', 'incomplete'];

export interface Refusal {
  readonly code: RefusalCode;
  /** The name as it was sent; empty when it could not be read. */
  readonly filename: string;
  /** A sentence for people. */
  readonly reason: string;
  /** All writes of the name that are refused together; empty when they could not be read. */
  readonly writes: readonly AnyWrite[];
}
