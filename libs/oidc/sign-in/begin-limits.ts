import { Injectable } from '@nestjs/common';
import { addressKey } from '#libs/platform/http/address-key.js';
import { TokenBuckets } from '#libs/platform/http/token-buckets.js';

/** In one go, and then one every few seconds: an office behind one address does not begin more. */
const LIMITS = { size: 20, refillMs: 3_000, remembered: 10_000 };

/** How many sign-ins with the company an address may begin, and how many answers it may bring: each costs requests to the provider. */
@Injectable()
export class BeginLimits {
  private readonly buckets = { begin: new TokenBuckets(LIMITS), finish: new TokenBuckets(LIMITS) };

  /** How long to wait, in milliseconds; 0: not at all. */
  waitMs(what: 'begin' | 'finish', address: string): number {
    return this.buckets[what].take(addressKey(address), performance.now()); // a monotonic clock
  }
}
