import { Injectable } from '@nestjs/common';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import type { JobType } from '#libs/platform/jobs/job-type.js';
import { OwnClock } from './own-clock.js';

/** Compares this server's clock with its peers', also while nothing is written. */
const CheckClock: JobType<Record<string, never>> = {
  name: 'registration.check-clock',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 10_000,
  backoffCapMs: 60_000,
  everyMs: 60_000,
};

@Injectable()
export class CheckClockHandler extends JobHandler<Record<string, never>> {
  readonly type = CheckClock;

  constructor(private readonly ownClock: OwnClock) {
    super();
  }

  run(): Promise<void> {
    return this.ownClock.check();
  }
}
