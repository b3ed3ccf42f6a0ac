/** Extends the lease; false when another process has the job. */
type Extend = (leaseEndsMs: number) => Promise<boolean>;

/**
 * Keeps a claimed job ours while it runs, and says through `lost` when it no longer surely is: another process
 * took it, or the database has not answered and another one may take it any moment.
 */
export class Lease {
  private readonly controller = new AbortController();
  private readonly heartbeat: NodeJS.Timeout;
  private endsMs: number;
  private isAsking = false;

  constructor(
    private readonly extend: Extend,
    private readonly now: () => number,
    private readonly lengthMs: number,
    private readonly warn: (error: unknown) => void,
  ) {
    this.endsMs = now() + lengthMs;
    this.heartbeat = setInterval(() => void this.renew(), lengthMs / 4);
  }

  get lost(): AbortSignal {
    return this.controller.signal;
  }

  release(): void {
    clearInterval(this.heartbeat);
  }

  private async renew(): Promise<void> {
    if (this.isAsking) {
      this.giveUpIfLate();
      return;
    }
    this.isAsking = true;
    try {
      const endsMs = this.now() + this.lengthMs;
      if (await this.extend(endsMs)) this.endsMs = endsMs;
      else this.controller.abort();
    } catch (error) {
      this.warn(error);
      this.giveUpIfLate();
    } finally {
      this.isAsking = false;
    }
  }

  /** Before the end, so that the handler has time to let go. */
  private giveUpIfLate(): void {
    if (this.now() >= this.endsMs - 0.3 * this.lengthMs) this.controller.abort();
  }
}
