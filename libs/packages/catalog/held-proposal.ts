import type { Entry } from '#libs/replication/entry.js';
import { type Update, updateOf, writesOf } from '#libs/replication/register.js';
import { fromWire, toWire } from '#libs/replication/wire-entry.js';
import { writeFromWire, writeToWire } from '#libs/replication/wire-write.js';

/** A change that waits for an administrator, as it is kept: what the name would come to, and the writes that make it so. */
export interface HeldProposal {
  readonly entry: Entry;
  /** Null for one that was held by a version without registers: only the entry is known. */
  readonly update: Update | null;
}

export const writeProposal = ({ entry, update }: { readonly entry: Entry; readonly update: Update }): string =>
  JSON.stringify({ ...toWire(entry), writes: writesOf(update).map(writeToWire) });

export function readProposal(text: string): HeldProposal {
  const kept = JSON.parse(text) as { writes?: unknown[] };
  return { entry: fromWire(kept), update: kept.writes ? updateOf(kept.writes.map(writeFromWire)) : null };
}
