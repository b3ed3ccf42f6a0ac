/**
 * Hybrid logical clock (Kulkarni et al., 2014; MESH §2): orders every write of the mesh. The wall part follows
 * the server's clock, the counter orders writes within one millisecond or behind a clock that went back.
 */
export interface Stamp {
  /** Milliseconds since the Unix epoch. */
  readonly wallMs: number;
  readonly counter: number;
  /** The server that wrote: breaks ties, so that the order is total. */
  readonly iss: string;
}

/** A stamp as text of 57 characters, in the order of the stamps: what is kept in the database. */
export const stampText = ({ wallMs, counter, iss }: Stamp): string =>
  `${String(wallMs).padStart(16, '0')}.${String(counter).padStart(7, '0')}.${iss}`;

/** The wall time of such a text; null for another one, such as the empty text of a part that has no stamp of its own. */
export const wallMsIn = (text: string): number | null => (/^\d{16}\./.test(text) ? Number(text.slice(0, 16)) : null);

export type ClockState = Pick<Stamp, 'wallMs' | 'counter'>;

/** A stamp further ahead than this is refused: one wrong clock must not win every later write. */
export const MAX_AHEAD_MS = 10 * 60_000;
/** More writes than this in one millisecond are carried into the next. */
export const MAX_COUNTER = 1_000_000;

/** Negative when `a` is before `b`, positive when after, 0 when they are the same stamp. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.wallMs - b.wallMs || a.counter - b.counter || (a.iss < b.iss ? -1 : a.iss > b.iss ? 1 : 0);
}

/** The clock after a local write at `nowMs`: later than everything it has seen, never back. */
export function tick(clock: ClockState, nowMs: number): ClockState {
  if (nowMs > clock.wallMs) return { wallMs: nowMs, counter: 0 };
  if (clock.counter >= MAX_COUNTER) return { wallMs: clock.wallMs + 1, counter: 0 };
  return { wallMs: clock.wallMs, counter: clock.counter + 1 };
}

/** The clock after seeing a stamp: the next local write will be later than it. */
export function witness(clock: ClockState, seen: ClockState): ClockState {
  const isAhead = seen.wallMs > clock.wallMs || (seen.wallMs === clock.wallMs && seen.counter > clock.counter);
  return isAhead ? { wallMs: seen.wallMs, counter: seen.counter } : clock;
}

export const isTooFarAhead = (stamp: ClockState, nowMs: number): boolean => stamp.wallMs > nowMs + MAX_AHEAD_MS;
