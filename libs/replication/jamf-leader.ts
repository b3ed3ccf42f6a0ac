import type { JamfClaim } from './jamf-claim.js';

/** A server that is connected with a Jamf Pro server, as it is known here. */
export interface JamfServer {
  readonly iss: string;
  /** When its summary came, in milliseconds; of this server itself: now. */
  readonly heardMs: number;
  readonly claim: JamfClaim;
}

/** What a server remembers of its own turn. */
export interface JamfTurn {
  /** From when on it may write, in milliseconds; null while another server comes first. */
  readonly leadsFromMs: number | null;
  /** When it last looked who comes first; null when it never did. */
  readonly lookedMs: number | null;
}

/** A server that has not reported for this many intervals does not count. */
const SILENT_INTERVALS = 3;
/** What counts as fresh: a look at who comes first, an answer of Jamf Pro. Also how long a server waits before it writes after another one. */
const FRESH_INTERVALS = 2;

/** Whether a moment is not long ago; never one that a clock that was set back has put into the future. */
export const isFresh = (atMs: number | null, nowMs: number, intervalMs: number): boolean =>
  atMs !== null && atMs <= nowMs && nowMs - atMs <= FRESH_INTERVALS * intervalMs;

/** The order of servers: by priority, then by ISS ID. */
export const comesBefore = (one: JamfServer, other: JamfServer): boolean =>
  one.claim.priority === other.claim.priority ? one.iss < other.iss : one.claim.priority < other.claim.priority;

/** The server whose turn it is to keep a Jamf Pro server in step, of those that are connected with it; null for none. */
export function leaderOf<Server extends JamfServer>(servers: readonly Server[], nowMs: number, intervalMs: number): Server | null {
  const able = servers.filter(({ claim, heardMs }) => claim.ready && nowMs - heardMs <= SILENT_INTERVALS * intervalMs);
  return able.reduce<Server | null>((first, each) => (first === null || comesBefore(each, first) ? each : first), null);
}

/**
 * From when on a server may write that has looked who comes first. One that takes over waits until every other knows of that: so long as
 * summaries travel, no two write at a time. The only one does not wait, and a turn that was not interrupted goes on.
 */
export function turnAfter(
  before: JamfTurn,
  { isFirst, isOnly }: { readonly isFirst: boolean; readonly isOnly: boolean },
  nowMs: number,
  intervalMs: number,
): JamfTurn {
  if (!isFirst) return { leadsFromMs: null, lookedMs: nowMs };
  const isGoingOn = before.leadsFromMs !== null && isFresh(before.lookedMs, nowMs, intervalMs);
  return { leadsFromMs: isGoingOn ? before.leadsFromMs : nowMs + (isOnly ? 0 : FRESH_INTERVALS * intervalMs), lookedMs: nowMs };
}

/** Whether a server that comes first writes now. One that has not looked for long (it was not running) does not know any more. */
export const isItsTurn = ({ leadsFromMs, lookedMs }: JamfTurn, nowMs: number, intervalMs: number): boolean =>
  leadsFromMs !== null && leadsFromMs <= nowMs && isFresh(lookedMs, nowMs, intervalMs);
