/** What is known of the running servers that use one identity. */
export interface KnownRun {
  readonly runId: string;
  readonly formerRunId: string | null;
  readonly rivalRunId: string | null;
  readonly sinceMs: number;
}

/**
 * `same`: the one that is known. `started`: it was started again. `rival`: another living server with the same identity, or one that is
 * held already. `returned`: the one before is back, so the one that is known is the rival.
 */
export type RunJudgement = 'same' | 'started' | 'rival' | 'returned';

/** Calls of a server that stops may still be under way when its next start is seen, in milliseconds. */
export const STRAGGLERS_MS = 30_000;

/**
 * Judges a call of a server that says it is `runId`. `atUrl` is the run that answers at its registered URL now: null when nothing that can say
 * answers there (a firewalled server, an earlier version, or none). It is asked for a run that is not the known one only.
 */
export function judgeRun(known: KnownRun, runId: string, atUrl: string | null, nowMs: number): RunJudgement {
  if (runId === known.runId) return 'same';
  if (runId === known.rivalRunId) return 'rival';
  if (atUrl !== null) return atUrl === runId ? 'started' : 'rival';
  if (runId !== known.formerRunId) return 'started';
  return nowMs - known.sinceMs > STRAGGLERS_MS ? 'returned' : 'same'; // a straggler is answered as ever
}
