export interface BucketLimits {
  /** What may be taken at once from a full bucket. */
  readonly size: number;
  /** One more after this many milliseconds. */
  readonly refillMs: number;
  /** Buckets kept; the one that was used longest ago is forgotten first, and is full again. */
  readonly remembered: number;
}

/** A token bucket per name. Memory stays bounded whatever names come. */
export class TokenBuckets {
  /** When each bucket is full again, least recently used first. */
  private readonly fullAt = new Map<string, number>();

  constructor(private readonly limits: BucketLimits) {}

  /** 0 when there was one to take, else how long to wait for the next, in milliseconds. */
  take(name: string, now: number): number {
    const { size, refillMs, remembered } = this.limits;
    const kept = this.fullAt.get(name) ?? now;
    // No bucket can be that empty: the clock was set back, and that must not lock anybody out.
    const fullAt = kept > now + size * refillMs ? now : Math.max(kept, now);
    const waitMs = fullAt + refillMs - (now + size * refillMs);
    this.fullAt.delete(name);
    this.fullAt.set(name, waitMs > 0 ? fullAt : fullAt + refillMs);
    if (this.fullAt.size > remembered) this.fullAt.delete(this.fullAt.keys().next().value!);
    return Math.max(0, waitMs);
  }
}
