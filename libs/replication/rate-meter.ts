/** What is older than this weighs half, in milliseconds of work. */
const HALF_LIFE_MS = 5_000;
/** Less than this says nothing about a rate. */
const LEAST_MS = 200;

/**
 * Bytes per second of one source while it works: time in which it was asked for nothing, or in which our own limits held it, does not
 * count. Later bytes weigh more (exponential decay over working time). Pure: the caller gives the time, in milliseconds.
 */
export class RateMeter {
  private bytes = 0;
  private workedMs = 0;
  private working = 0;
  private sinceMs = 0;

  /** A request begins; several may run at once. */
  start(nowMs: number): void {
    if (this.working === 0) this.sinceMs = nowMs;
    this.working += 1;
  }

  add(bytes: number, nowMs: number): void {
    this.advance(nowMs);
    this.bytes += bytes;
  }

  /** The time until now was not the source's. */
  skip(nowMs: number): void {
    this.sinceMs = Math.max(this.sinceMs, nowMs);
  }

  stop(nowMs: number): void {
    this.advance(nowMs);
    this.working = Math.max(0, this.working - 1);
  }

  /** Bytes per second; null while too little is known. */
  rate(nowMs: number): number | null {
    this.advance(nowMs);
    return this.workedMs < LEAST_MS ? null : (this.bytes * 1_000) / this.workedMs;
  }

  private advance(nowMs: number): void {
    if (this.working === 0) return;
    const passed = Math.max(0, nowMs - this.sinceMs);
    const weight = 0.5 ** (passed / HALF_LIFE_MS);
    this.bytes *= weight;
    this.workedMs = this.workedMs * weight + passed;
    this.sinceMs = Math.max(this.sinceMs, nowMs);
  }
}
