import type { AskedPackage, KnownServer } from './holding-status.js';
import { admits } from './stage.js';

/** How many verified copies of a package the mesh is known to have: `none` and `one` need attention; `unknown` not counted yet. */
export const copiesStates = ['none', 'one', 'several', 'unknown'] as const;
export type CopiesState = (typeof copiesStates)[number];

export function copiesStateOf(copies: number | null): CopiesState {
  if (copies === null) return 'unknown';
  if (copies === 0) return 'none';
  return copies === 1 ? 'one' : 'several';
}

/** A server with the contents that it has withdrawn and not removed yet. */
export interface CopyHolder extends Pick<KnownServer, 'stage' | 'summary' | 'missing' | 'agrees' | 'staleSince'> {
  readonly kept: ReadonlySet<string>;
}

/** Whether a server is known to have a verified copy: by a report that is not too old, and about this very catalog entry. */
export function hasCopy({ uuid, stage, bucket }: AskedPackage, server: CopyHolder): boolean {
  const { summary, staleSince } = server;
  if (!summary || staleSince !== null) return false;
  if (server.kept.has(uuid)) return true;
  const namesAll = summary.missingCount <= summary.missing.length;
  return admits(server.stage, stage) && server.agrees[bucket] === true && namesAll && !server.missing.has(uuid);
}

/** The number of copies of one content as it is kept. */
export interface CopiesCount {
  readonly copies: number;
  /** A smaller number that was counted since `pendingSinceMs`, and is not believed yet; null when there is none. */
  readonly pendingCopies: number | null;
  readonly pendingSinceMs: number | null;
}

export interface CountStep {
  readonly count: CopiesCount;
  /** What happened: the number fell to one, or to none. */
  readonly event: 'low' | 'none' | null;
}

/**
 * More copies count at once, fewer only when that was so for `confirmMs`: the report of a server takes a while to travel, and until it has confirmed a
 * change it is not counted. A content that is new has at least the copy of the server that it was uploaded to.
 */
export function countStep(known: CopiesCount | null, counted: number, nowMs: number, confirmMs: number): CountStep {
  const before = known ?? { copies: 1, pendingCopies: null, pendingSinceMs: null };
  if (counted >= before.copies) return { count: { copies: counted, pendingCopies: null, pendingSinceMs: null }, event: null };
  const sinceMs = before.pendingSinceMs ?? nowMs;
  // The larger of the numbers in that time is the one that is certain.
  const pending = before.pendingCopies === null ? counted : Math.max(before.pendingCopies, counted);
  if (nowMs - sinceMs < confirmMs)
    return { count: { copies: before.copies, pendingCopies: pending, pendingSinceMs: sinceMs }, event: null };
  const event = pending === 0 ? 'none' : pending === 1 ? 'low' : null;
  return { count: { copies: pending, pendingCopies: null, pendingSinceMs: null }, event };
}
