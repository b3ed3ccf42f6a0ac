import { Injectable, Logger } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { Clock } from '#libs/platform/clock.js';
import { type ClockSample, type ClockVerdict, judgeClock, sampleOf } from '#libs/replication/clock-comparison.js';
import { PeerRepository } from '../peer.repository.js';
import { PeerClockRepository } from './peer-clock.repository.js';

/** A reading of another clock, against the monotonic clock of this process: it stays true when the wall clock here is set. */
interface Reading extends ClockSample {
  /** On the monotonic clock, in milliseconds. */
  readonly takenMs: number;
}

/** When a call was sent and answered, on the monotonic clock of this process, in milliseconds. */
export interface Trip {
  readonly sentMs: number;
  readonly receivedMs: number;
}

/** Readings kept of each server: the one with the least error counts. */
const KEPT = 8;
/** Clocks drift: an older reading says nothing any more. */
export const READING_LASTS_MS = 15 * 60_000;
/** A call that was held open for longer says too little about the clock at its other end. */
const LONGEST_TRIP_MS = 10_000;
/** What is shown to people is written down this often, and at once when it has changed by so much. */
const WRITE_EVERY_MS = 60_000;
const WORTH_WRITING_MS = 1_000;
/** Servers of which readings are kept: peers, and none that a stranger makes up. */
const MOST_SERVERS = 1_000;

export const monotonicMs = (): number => performance.now();

/** Knows the clocks of the servers that this one speaks with. */
@Injectable()
export class PeerClocks {
  private readonly logger = new Logger(PeerClocks.name);
  private readonly readings = new Map<string, Reading[]>();
  private readonly written = new Map<string, { readonly offsetMs: number; readonly atMs: number }>();

  constructor(
    private readonly rows: PeerClockRepository,
    private readonly peers: PeerRepository,
    private readonly clock: Clock,
  ) {}

  /** An answer named the time at the other end. */
  note(iss: string, { sentMs, receivedMs }: Trip, theirMs: number, resolutionMs: number): void {
    if (receivedMs - sentMs > LONGEST_TRIP_MS || !Number.isFinite(theirMs)) return;
    const kept = this.readings.get(iss) ?? [];
    if (kept.length === 0 && this.readings.size >= MOST_SERVERS) return;
    const reading = { ...sampleOf(sentMs, receivedMs, theirMs, resolutionMs), takenMs: receivedMs };
    const consistent = kept.filter(
      (other) => Math.abs(other.offsetMs - reading.offsetMs) <= other.errorMs + reading.errorMs + WORTH_WRITING_MS,
    );
    // One that contradicts the earlier ones: that clock was set meanwhile.
    this.readings.set(iss, [...consistent, reading].slice(-KEPT));
    void this.write(iss);
  }

  /** The best that is known of each server's clock now, compared with the wall clock here. */
  samples(): ReadonlyMap<string, ClockSample> {
    const found = new Map<string, ClockSample>();
    for (const iss of this.readings.keys()) {
      const sample = this.sample(iss);
      if (sample) found.set(iss, sample);
    }
    return found;
  }

  /** Judged by the servers that are registered and not paused. */
  async verdict(): Promise<ClockVerdict> {
    const samples = this.samples();
    if (samples.size === 0) return { state: 'unknown', offsetMs: null };
    const counted = (await this.peers.findAll()).filter(({ paused }) => !paused);
    return judgeClock(counted.map(({ iss }) => samples.get(iss)).filter((sample) => sample !== undefined));
  }

  /** When the newest reading was taken, on the monotonic clock; null when there is none. */
  newestMs(): number | null {
    const all = [...this.readings.values()].map((kept) => kept.at(-1)!.takenMs);
    return all.length === 0 ? null : Math.max(...all);
  }

  private sample(iss: string): ClockSample | null {
    const now = monotonicMs();
    const fresh = (this.readings.get(iss) ?? []).filter(({ takenMs }) => now - takenMs < READING_LASTS_MS);
    const [best] = fresh.sort((a, b) => a.errorMs - b.errorMs || b.takenMs - a.takenMs);
    return best ? { offsetMs: best.offsetMs + now - this.clock.now(), errorMs: best.errorMs } : null;
  }

  private async write(iss: string): Promise<void> {
    const sample = this.sample(iss);
    const before = this.written.get(iss);
    if (!sample) return;
    const isKnown =
      before && Math.abs(before.offsetMs - sample.offsetMs) < WORTH_WRITING_MS && monotonicMs() - before.atMs < WRITE_EVERY_MS;
    if (isKnown) return;
    this.written.set(iss, { offsetMs: sample.offsetMs, atMs: monotonicMs() });
    try {
      const [offsetMs, errorMs] = [Math.round(sample.offsetMs), Math.round(sample.errorMs)];
      await this.rows.save({ iss, offsetMs, errorMs, measuredMs: this.clock.now() });
    } catch (error) {
      this.logger.debug(`The clock of ${iss} was not written down: ${String(error)}`); // what counts is in memory; the next reading tries again
      this.written.delete(iss);
    }
  }
}
