/** A failure that took longer than this is costly to its caller; a quicker one is free. Milliseconds. */
const COSTLY_MS = 1_000;
const FIRST_REST_MS = 2_000;
const LONGEST_REST_MS = 60_000;

/**
 * Keeps a server that does not answer from costing anything to calls that can do without it (circuit breaker; Nygard, Release It!,
 * 2007). It opens when a call has failed slowly and the server has said nothing meanwhile; then one call at a time tries again, after a
 * rest that doubles. Pure: the caller gives the time, in milliseconds.
 */
export class Circuit {
  private failures = 0;
  private openUntilMs = -Infinity;
  private heardMs = -Infinity;
  private trying = 0;

  get isOpen(): boolean {
    return this.failures > 0;
  }

  /** How long a call that is no try of its own should wait, in milliseconds; 0 when it may be made. */
  waitMs(nowMs: number): number {
    if (!this.isOpen) return 0;
    const rest = this.openUntilMs - nowMs;
    return rest > 0 ? rest : this.trying > 0 ? FIRST_REST_MS : 0;
  }

  began(): void {
    this.trying += 1;
  }

  /** The call is over, however it ended. */
  ended(): void {
    this.trying = Math.max(0, this.trying - 1);
  }

  /** Something came from the server. */
  heard(nowMs: number): void {
    this.heardMs = nowMs;
    this.failures = 0;
    this.openUntilMs = -Infinity;
  }

  failed(beganMs: number, nowMs: number): void {
    if (nowMs - beganMs < COSTLY_MS || this.heardMs >= beganMs) return;
    this.failures += 1;
    this.openUntilMs = nowMs + Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(20, this.failures - 1));
  }
}
