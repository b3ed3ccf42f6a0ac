import { admits, type Stage } from './stage.js';

/** A server on the way of a content. */
export interface Waypoint {
  readonly iss: string;
  readonly name: string;
  readonly stage: Stage;
  /** Holds transit copies for others. */
  readonly relays: boolean;
  /** ISS IDs of the servers it is registered with; null when it has not said. */
  readonly peers: readonly string[] | null;
  /** Whether it has the content. */
  readonly holds: boolean;
}

/**
 * Why a content cannot come to a server: the servers next to it, and next to those that pass it on, that neither admit its stage nor hold
 * transit copies. Empty when it can come, when no server has it, or when too little is known.
 */
export function blockersOf(target: string, stage: Stage, servers: readonly Waypoint[]): Waypoint[] {
  const byIss = new Map(servers.map((server) => [server.iss, server]));
  if (!byIss.has(target) || !servers.some(({ holds }) => holds)) return [];
  const blockers = new Set<Waypoint>();
  const seen = new Set([target]);
  for (const iss of seen) {
    // what is added while it is walked through is walked through, too
    const at = byIss.get(iss);
    if (!at?.peers) return []; // it may know a way
    const neighbours = servers.filter(({ iss: other, peers }) => at.peers!.includes(other) || peers?.includes(iss));
    for (const next of neighbours) {
      if (next.holds) return [];
      if (admits(next.stage, stage) || next.relays) seen.add(next.iss);
      else blockers.add(next);
    }
  }
  return [...blockers];
}

/** The same in a sentence; null when nothing is in the way. */
export function blockedSentence(name: string, stage: Stage, blockers: readonly Waypoint[]): string | null {
  if (blockers.length === 0) return null;
  const names = blockers
    .slice(0, 3)
    .map((blocker) => `${blocker.name} (${blocker.stage})`)
    .join(', ');
  return `It cannot come to ${name}: on the way from the servers that have it is ${names}, which passes no ${stage} packages on. Allow transit copies there, or register ${name} with a server that has it.`;
}
