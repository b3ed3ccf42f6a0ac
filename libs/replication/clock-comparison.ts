import { type ClockState, MAX_AHEAD_MS, tick, witness } from './stamp.js';

/** One comparison of this server's clock with another server's. */
export interface ClockSample {
  /** The other server's clock minus this one's, in milliseconds. */
  readonly offsetMs: number;
  /** The true offset is at most this far from `offsetMs`: half the round trip, and the resolution of the clock that was sent. */
  readonly errorMs: number;
}

/** `unknown`: no other server's clock has been seen. */
export const clockStates = ['unknown', 'right', 'ahead', 'behind'] as const;
export type OwnClockState = (typeof clockStates)[number];

export interface ClockVerdict {
  readonly state: OwnClockState;
  /** The median of the other servers' clocks minus this server's, in milliseconds; null when none has been seen. */
  readonly offsetMs: number | null;
}

/** Between sending at `sentMs` and receiving at `receivedMs` the other server read `theirMs`, which is exact to `resolutionMs` (RFC 5905 §8). */
export function sampleOf(sentMs: number, receivedMs: number, theirMs: number, resolutionMs: number): ClockSample {
  const halfTrip = Math.max(0, receivedMs - sentMs) / 2;
  return { offsetMs: theirMs + resolutionMs / 2 - (sentMs + halfTrip), errorMs: halfTrip + resolutionMs / 2 };
}

/** The offset in the middle; null when there is none. Between an even number of servers this server's own clock, offset 0, decides. */
export function medianOf(offsets: readonly number[]): number | null {
  if (offsets.length === 0) return null;
  const odd = offsets.length % 2 === 0 ? [...offsets, 0] : [...offsets];
  return odd.sort((a, b) => a - b)[(odd.length - 1) / 2]!;
}

/** Compares with the best sample of each other server. A server is never blamed for what may be an error of the measurement. */
export function judgeClock(samples: readonly ClockSample[]): ClockVerdict {
  const offsetMs = medianOf(samples.map((sample) => sample.offsetMs));
  if (offsetMs === null) return { state: 'unknown', offsetMs };
  const ahead = medianOf(samples.map((sample) => sample.offsetMs + sample.errorMs))!;
  const behind = medianOf(samples.map((sample) => sample.offsetMs - sample.errorMs))!;
  if (-ahead > MAX_AHEAD_MS) return { state: 'ahead', offsetMs };
  if (behind > MAX_AHEAD_MS) return { state: 'behind', offsetMs };
  return { state: 'right', offsetMs };
}

/**
 * The latest wall time that a stamp can have now; null when nothing is known to judge by. A stamp beyond it was made by a clock that was
 * wrong: it is refused when it arrives, and loses to every other when it is here already.
 */
export const latestStampMs = (nowMs: number, { offsetMs }: ClockVerdict): number | null =>
  offsetMs === null ? null : Math.max(nowMs, nowMs + offsetMs) + MAX_AHEAD_MS;

export const isBeyond = (stamp: ClockState, latestMs: number | null): boolean => latestMs !== null && stamp.wallMs > latestMs;

/**
 * The hybrid clock from which the next stamp is made. One that a wrong clock has carried too far begins anew at the time that the other
 * servers agree on, or every later stamp would be refused by them.
 */
export function sobered(clock: ClockState, nowMs: number, verdict: ClockVerdict): ClockState {
  if (!isBeyond(clock, latestStampMs(nowMs, verdict))) return { wallMs: clock.wallMs, counter: clock.counter };
  return { wallMs: Math.round(Math.max(nowMs, nowMs + verdict.offsetMs!)), counter: 0 };
}

/** The clock after a local write that has seen `seen`: later than all of that, except for stamps of clocks that were wrong. */
export function nextStamp(clock: ClockState, seen: readonly ClockState[], nowMs: number, verdict: ClockVerdict): ClockState {
  const latestMs = latestStampMs(nowMs, verdict);
  const known = seen.filter((stamp) => !isBeyond(stamp, latestMs));
  return tick(known.reduce(witness, sobered(clock, nowMs, verdict)), nowMs);
}
