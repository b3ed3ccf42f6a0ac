import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoginAttempt } from '#libs/entities/login-attempt.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { addressKey } from '#libs/platform/http/address-key.js';
import { SignInBlocked } from './accounts.errors.js';
import { blockMs, delayMs, FORGET_AFTER_MS, FREE_ATTEMPTS, KNOWN_FOR_MS, LONGEST_QUEUE_MS } from './block-policy.js';
import { KnownAddressRepository } from './known-address.repository.js';
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

interface Counter {
  readonly id: string;
  readonly freeAttempts: number;
}

/**
 * Slows down the guessing of passwords, over all replicas: per account and address, per address, and per account over all addresses. An
 * address that has signed in to the account before is delayed, never shut out: otherwise anybody could lock an administrator out by
 * guessing. An attempt is counted as a failure before the password is checked and forgiven when it was right, so that a thousand parallel
 * guesses are a thousand counted guesses.
 */
@Injectable()
export class SignInThrottle {
  constructor(
    private readonly db: Database,
    private readonly attempts: LoginAttemptRepository,
    private readonly known: KnownAddressRepository,
    private readonly clock: Clock,
  ) {}

  /** Waits its turn, when the address is known. Otherwise throws SignInBlocked when it is not yet time; cheap, and counts nothing. */
  async admit(attempt: Attempt): Promise<void> {
    if (await this.isKnown(attempt)) return sleep(await this.queue(attempt));
    const rows = await this.attempts.find(counters(attempt).map(({ id }) => id));
    this.refuseIfBlocked(Math.max(0, ...rows.map(({ blockedUntilMs }) => blockedUntilMs)));
  }

  /** Counts the attempt as failed. Throws SignInBlocked, and counts nothing, when it is not yet time. */
  async charge(attempt: Attempt): Promise<Charge> {
    const isKnown = await this.isKnown(attempt);
    return this.db.transaction(async () => {
      let charge: Charge = { blockedMs: 0, startsBlock: false };
      for (const counter of isKnown ? [pairOf(attempt)] : counters(attempt)) {
        const { blockedMs, startsBlock } = await this.count(counter, isKnown);
        charge = { blockedMs: Math.max(charge.blockedMs, blockedMs), startsBlock: charge.startsBlock || startsBlock };
      }
      return charge;
    }, countCanBeLost);
  }

  /**
   * The password was right: the address is known from now on. The account starts over there; the address only gets this attempt back, or
   * one's own account would be a way to guess without end at those of others.
   */
  async forgive(attempt: Attempt, userId: number): Promise<void> {
    const isKnown = await this.isKnown(attempt);
    await this.db.transaction(async () => {
      await this.known.note(knownId(attempt), userId, this.clock.now());
      await this.attempts.delete(pairOf(attempt).id);
      if (isKnown) return; // then nothing was counted elsewhere
      for (const { id } of counters(attempt).slice(1)) {
        const row = await this.attempts.hold(id, this.clock.now());
        await this.attempts.update(row.id, { failures: Math.max(0, row.failures - 1), blockedUntilMs: 0 });
      }
    }, countCanBeLost);
  }

  private isKnown(attempt: Attempt): Promise<boolean> {
    return this.known.has(knownId(attempt), this.clock.now() - KNOWN_FOR_MS);
  }

  /** Takes the next place in the queue of a known address. Answers how long it is until its turn, in milliseconds. */
  private queue(attempt: Attempt): Promise<number> {
    const now = this.clock.now();
    return this.db.transaction(async () => {
      const row = await this.attempts.hold(pairOf(attempt).id, now);
      const delay = isForgotten(row, now) ? 0 : delayMs(row.failures);
      if (delay === 0) return 0;
      const turnMs = Math.max(now, row.blockedUntilMs);
      if (turnMs - now > LONGEST_QUEUE_MS) throw new SignInBlocked(turnMs - now);
      await this.attempts.update(row.id, { blockedUntilMs: turnMs + delay });
      return turnMs - now;
    }, countCanBeLost);
  }

  private async count({ id, freeAttempts }: Counter, isKnown: boolean): Promise<Charge> {
    const now = this.clock.now();
    const row = await this.attempts.hold(id, now);
    if (!isKnown) this.refuseIfBlocked(row.blockedUntilMs);
    const failures = (isForgotten(row, now) ? 0 : row.failures) + 1;
    if (isKnown) {
      await this.attempts.update(id, { failures, lastMs: now });
      return { blockedMs: 0, startsBlock: false };
    }
    const blockedMs = blockMs(failures, freeAttempts);
    await this.attempts.update(id, { failures, lastMs: now, blockedUntilMs: blockedMs === 0 ? 0 : now + blockedMs });
    return { blockedMs, startsBlock: failures === freeAttempts };
  }

  private refuseIfBlocked(untilMs: number): void {
    const waitMs = untilMs - this.clock.now();
    if (waitMs > 0) throw new SignInBlocked(waitMs);
  }
}

const isForgotten = ({ lastMs, blockedUntilMs }: LoginAttempt, now: number): boolean =>
  now - Math.max(lastMs, blockedUntilMs) > FORGET_AFTER_MS;

const pairOf = ({ account, address }: Attempt): Counter => ({
  id: sha256Hex(`pair:${addressKey(address)}:${account}`),
  freeAttempts: FREE_ATTEMPTS.pair,
});

/** That of the account at the address comes first. */
const counters = (attempt: Attempt): Counter[] => [
  pairOf(attempt),
  { id: sha256Hex(`address:${addressKey(attempt.address)}`), freeAttempts: FREE_ATTEMPTS.address },
  { id: sha256Hex(`account:${attempt.account}`), freeAttempts: FREE_ATTEMPTS.account },
];

const knownId = ({ account, address }: Attempt): string => sha256Hex(`known:${addressKey(address)}:${account}`);
