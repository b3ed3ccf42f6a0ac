/** Jamf asks clients for at most five connections; two leave the others to people. */
const AT_ONCE = 2;
const WEIGHT = 0.2;
const LONGEST_PAUSE_MS = 10_000;

/**
 * How long to pause after an answer that took `tookMs`, given the moving average of those before: Jamf Pro answers no 429, it only gets
 * slower, and asks clients to slow down with it.
 */
export function pauseAfter(tookMs: number, averageMs: number | null): number {
  if (averageMs === null || tookMs <= 2 * averageMs) return 0;
  return Math.min(LONGEST_PAUSE_MS, tookMs - averageMs);
}

/** Lets calls through two at a time, and more slowly when answers take longer than usual. */
export class Pace {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private averageMs: number | null = null;
  private pauseMs = 0;

  constructor(
    private readonly sleep: (ms: number) => Promise<void>,
    private readonly elapsedMs = (): number => performance.now(),
  ) {}

  async during<T>(call: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      const pauseMs = this.pauseMs;
      this.pauseMs = 0;
      if (pauseMs > 0) await this.sleep(pauseMs);
      return await this.timed(call);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  private async timed<T>(call: () => Promise<T>): Promise<T> {
    const begun = this.elapsedMs();
    const result = await call();
    const tookMs = this.elapsedMs() - begun;
    this.pauseMs = pauseAfter(tookMs, this.averageMs);
    this.averageMs = this.averageMs === null ? tookMs : this.averageMs + WEIGHT * (tookMs - this.averageMs);
    return result;
  }
}
