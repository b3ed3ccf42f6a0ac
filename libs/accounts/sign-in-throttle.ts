import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { addressKey } from '#libs/platform/http/address-key.js';
import { SignInBlocked } from './accounts.errors.js';
import { blockMs, FORGET_AFTER_MS, FREE_ATTEMPTS } from './block-policy.js';
import { LoginAttemptRepository } from './login-attempt.repository.js';

/** Who guesses, and whose password. */
export interface Attempt {
  readonly account: string;
  readonly address: string;
}

/** What the attempt would bring if it fails. */
export interface Charge {
  /** How long the account or address is blocked, in milliseconds; 0 when it is not. */
  readonly blockedMs: number;
  /** True when this attempt is the one that begins the blocking. */
  readonly startsBlock: boolean;
}

/** A power cut forgives a few guesses; waiting for the disk at each one would let guessing slow the server down. */
const countCanBeLost = { canBeLost: true } as const;

/**
 * Slows down the guessing of passwords, per account and per address, over all replicas. An attempt is counted
 * as a failure before the password is looked at and forgiven when it was right, so that a thousand parallel
 * guesses are a thousand counted guesses.
 */
@Injectable()
export class SignInThrottle {
  constructor(
    private readonly db: Database,
    private readonly attempts: LoginAttemptRepository,
    private readonly clock: Clock,
  ) {}

  /** Throws SignInBlocked when it is not yet time; cheap, and counts nothing. */
  async refuseBlocked(attempt: Attempt): Promise<void> {
    const rows = await this.attempts.find(this.counters(attempt).map(({ id }) => id));
    this.refuseIfBlocked(Math.max(0, ...rows.map(({ blockedUntilMs }) => blockedUntilMs)));
  }

  /** Counts the attempt as failed. Throws SignInBlocked, and counts nothing, when it is not yet time. */
  charge(attempt: Attempt): Promise<Charge> {
    const now = this.clock.now();
    return this.db.transaction(async () => {
      let charge: Charge = { blockedMs: 0, startsBlock: false };
      for (const { id, freeAttempts } of this.counters(attempt)) {
        const row = await this.attempts.hold(id, now);
        this.refuseIfBlocked(row.blockedUntilMs);
        const isForgotten = now - Math.max(row.lastMs, row.blockedUntilMs) > FORGET_AFTER_MS;
        const failures = (isForgotten ? 0 : row.failures) + 1;
        const blockedMs = blockMs(failures, freeAttempts);
        await this.attempts.update(id, {
          failures,
          lastMs: now,
          blockedUntilMs: blockedMs === 0 ? 0 : now + blockedMs,
        });
        charge = {
          blockedMs: Math.max(charge.blockedMs, blockedMs),
          startsBlock: charge.startsBlock || failures === freeAttempts,
        };
      }
      return charge;
    }, countCanBeLost);
  }

  /**
   * The password was right. The account starts over; the address only gets this attempt back, or one's own
   * account would be a way to guess for ever at those of others.
   */
  async forgive({ account, address }: Attempt): Promise<void> {
    await this.db.transaction(async () => {
      await this.attempts.delete(accountId(account));
      const row = await this.attempts.hold(addressId(address), this.clock.now());
      await this.attempts.update(row.id, {
        failures: Math.max(0, row.failures - 1),
        blockedUntilMs: 0,
      });
    }, countCanBeLost);
  }

  private counters({ account, address }: Attempt): { id: string; freeAttempts: number }[] {
    return [
      { id: accountId(account), freeAttempts: FREE_ATTEMPTS.account },
      { id: addressId(address), freeAttempts: FREE_ATTEMPTS.address },
    ];
  }

  private refuseIfBlocked(untilMs: number): void {
    const waitMs = untilMs - this.clock.now();
    if (waitMs > 0) throw new SignInBlocked(waitMs);
  }
}

const accountId = (usernameKey: string): string => sha256Hex(`account:${usernameKey}`);
const addressId = (address: string): string => sha256Hex(`address:${addressKey(address)}`);
