import { compareStamps, type Stamp } from './stamp.js';
import type { ContentRootName } from './register.js';
import type { Stage } from './stage.js';

/** What is in force under a name, as one record (docs/mesh.md §2). Its parts are written separately: `Registers`. */
export interface Entry {
  /** Public name, Unicode NFC; its case-folded form is the key. */
  readonly filename: string;
  /** 32 hex digits, names this content version. */
  readonly uuid: string;
  readonly stamp: Stamp;
  readonly deleted: boolean;
  /** Bytes. */
  readonly size: number;
  readonly sha1: string;
  /** Empty when its author had not computed it yet. */
  readonly sha256: string;
  /** SHA-256 of the packed chunk list. */
  readonly manifestSha256: string;
  readonly stage: Stage;
  readonly notes: string | null;
  /** Epoch milliseconds of the first upload of this content. */
  readonly createdMs: number;
  readonly originIss: string;
  /** What its blocks are verified with; null for content of a server that knows no roots. */
  readonly root: ContentRootName | null;
}

/** All of an entry but its stamp, in one fixed order. */
const body = (entry: Entry): string =>
  JSON.stringify([
    entry.filename,
    entry.uuid,
    entry.deleted,
    entry.size,
    entry.sha1,
    entry.sha256,
    entry.manifestSha256,
    entry.stage,
    entry.notes,
    entry.createdMs,
    entry.originIss,
  ]);

/**
 * Which of two entries of one filename is in force: the greater stamp. Honest servers never give one stamp to two
 * writes; should a broken one do so, the greater body wins, so that all servers still agree.
 * Commutative, associative and idempotent.
 */
export function compareEntries(a: Entry, b: Entry): number {
  const order = compareStamps(a.stamp, b.stamp);
  if (order !== 0) return order;
  const [left, right] = [body(a), body(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** True when `incoming` replaces `current`. */
export function supersedes(incoming: Entry, current: Entry | null): boolean {
  return current === null || compareEntries(incoming, current) > 0;
}

/** The entry in force of the two. */
export const merge = (a: Entry, b: Entry): Entry => (compareEntries(a, b) >= 0 ? a : b);
