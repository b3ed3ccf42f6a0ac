import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import { PurgeExpired } from './accounts.jobs.js';
import { FORGET_AFTER_MS, KNOWN_FOR_MS } from './block-policy.js';
import { KnownAddressRepository } from './known-address.repository.js';
import { IdempotencyKeyRepository } from '#libs/platform/admin-api/idempotency-key.repository.js';
import { LoginAttemptRepository } from './login-attempt.repository.js';
import { SessionRepository } from './session.repository.js';

/** Keeps the tables of sign-ins and attempts as small as what is still alive in them. */
@Injectable()
export class PurgeExpiredHandler extends JobHandler<Record<string, never>> {
  readonly type = PurgeExpired;

  constructor(
    private readonly sessions: SessionRepository,
    private readonly attempts: LoginAttemptRepository,
    private readonly known: KnownAddressRepository,
    private readonly keys: IdempotencyKeyRepository,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(): Promise<void> {
    const now = this.clock.now();
    await this.sessions.deleteExpired(now);
    await this.keys.deleteExpired(now);
    await this.attempts.deleteOlder(now - FORGET_AFTER_MS);
    await this.known.deleteOlder(now - KNOWN_FOR_MS);
  }
}
