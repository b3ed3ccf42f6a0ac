import { Injectable } from '@nestjs/common';
import { RateMeter } from '#libs/replication/rate-meter.js';
import { PeerResting } from '../peers.errors.js';
import { Circuit } from './circuit.js';

interface Line {
  readonly circuit: Circuit;
  readonly meter: RateMeter;
  /** How long its answers have taken, in milliseconds, the newest weighing a quarter; null when it has given none. */
  delayMs: number | null;
}

interface CallKind {
  /** What an error says of the server. */
  readonly judge: (error: unknown) => 'silent' | 'alive' | 'unknown';
  /** The server may wait for news before it answers: how long that takes says nothing. */
  readonly isHeldOpen: boolean;
}

/** What this process knows of the line to each server: whether it answers, how soon, and how fast bytes come. */
@Injectable()
export class PeerCircuits {
  private readonly lines = new Map<string, Line>();

  /** Throws PeerResting when the server does not answer these days, and this call is none that finds out. */
  check({ iss, name }: { readonly iss: string; readonly name?: string | undefined }): void {
    const waitMs = this.of(iss).circuit.waitMs(performance.now());
    if (waitMs > 0) throw new PeerResting(name ?? 'The server', waitMs);
  }

  /** Makes a call, and learns from how it ends. */
  async watch<T>(iss: string, call: () => Promise<T>, { judge, isHeldOpen }: CallKind): Promise<T> {
    const line = this.of(iss);
    const beganMs = performance.now();
    line.circuit.began();
    try {
      const answer = await call();
      line.circuit.heard(performance.now());
      if (!isHeldOpen) this.learnDelay(line, performance.now() - beganMs);
      return answer;
    } catch (error) {
      const verdict = judge(error);
      if (verdict === 'silent') line.circuit.failed(beganMs, performance.now());
      else if (verdict === 'alive') line.circuit.heard(performance.now());
      throw error;
    } finally {
      line.circuit.ended();
    }
  }

  /** It called, or a byte of it came. */
  heard(iss: string): void {
    this.of(iss).circuit.heard(performance.now());
  }

  meterOf(iss: string): RateMeter {
    return this.of(iss).meter;
  }

  isOpen(iss: string): boolean {
    return this.of(iss).circuit.isOpen;
  }

  /** How long a package of that many bytes would likely take from there, in milliseconds; null when nothing is known. */
  expectedMs(iss: string, bytes: number): number | null {
    const { delayMs } = this.of(iss);
    const flowMs = this.flowMs(iss, bytes);
    return flowMs === null && delayMs === null ? null : (delayMs ?? 0) + (flowMs ?? 0);
  }

  /** The same without what it takes until the first byte comes. */
  flowMs(iss: string, bytes: number): number | null {
    const rate = this.of(iss).meter.rate(performance.now());
    return rate === null ? null : (bytes * 1_000) / Math.max(1, rate);
  }

  private learnDelay(line: Line, ms: number): void {
    line.delayMs = line.delayMs === null ? ms : 0.75 * line.delayMs + 0.25 * ms;
  }

  private of(iss: string): Line {
    let line = this.lines.get(iss);
    if (!line) this.lines.set(iss, (line = { circuit: new Circuit(), meter: new RateMeter(), delayMs: null }));
    return line;
  }
}
