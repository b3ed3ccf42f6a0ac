/** Shortest and longest silence that is taken for a stall, in milliseconds. */
const LEAST_MS = 20_000;
const MOST_MS = 300_000;
/** A silence this many times as long as the longest one that was followed by bytes is unlike this line. */
const FACTOR = 4;

/**
 * Says when a transfer stands still (MESH §6): when no byte has come for so long that it is unlike what this line did before. A slow
 * line is no stall, nor is the time in which our own limits let nothing through. Pure: the caller gives the time, in milliseconds.
 */
export class StallWatch {
  private holds = 0;
  private longestGapMs = 0;

  constructor(private lastMs: number) {}

  /** Bytes came, however few. */
  arrived(nowMs: number): void {
    const gap = nowMs - this.lastMs;
    this.longestGapMs = Math.max(gap, this.longestGapMs * 0.99);
    this.lastMs = nowMs;
  }

  /** From now until `released` our own limits are what is waited for. */
  held(): void {
    this.holds += 1;
  }

  released(nowMs: number): void {
    this.holds = Math.max(0, this.holds - 1);
    this.lastMs = nowMs;
  }

  /** How long nothing has come, in milliseconds. */
  silence(nowMs: number): number {
    return this.holds > 0 ? 0 : Math.max(0, nowMs - this.lastMs);
  }

  isStalled(nowMs: number): boolean {
    return this.silence(nowMs) >= Math.min(MOST_MS, Math.max(LEAST_MS, FACTOR * this.longestGapMs));
  }
}
