import { type Entry, supersedes } from '#libs/replication/entry.js';
import { acknowledgedAfter, positionAfter, feedStart } from '#libs/replication/exchange.js';
import { effectsOf } from '#libs/replication/entry-effects.js';
import { isTooFarAhead, tick, witness } from '#libs/replication/stamp.js';

/** The product's own decisions. A planted bug replaces one of them, to see that the simulation notices. */
export interface Rules {
  readonly supersedes: (incoming: Entry, current: Entry | null) => boolean;
  readonly effectsOf: typeof effectsOf;
  readonly tick: typeof tick;
  readonly witness: typeof witness;
  readonly isTooFarAhead: typeof isTooFarAhead;
  readonly positionAfter: typeof positionAfter;
  readonly acknowledgedAfter: typeof acknowledgedAfter;
  readonly feedStart: typeof feedStart;
}

export const productRules: Rules = { supersedes, effectsOf, tick, witness, isTooFarAhead, positionAfter, acknowledgedAfter, feedStart };
