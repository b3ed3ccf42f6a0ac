import { Injectable } from '@nestjs/common';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import type { JobType } from '#libs/platform/jobs/job-type.js';
import { MunkiPromotion } from './munki-promotion.service.js';

const HOUR = 3_600_000;

export const PromoteItems: JobType<Record<string, never>> = {
  name: 'munki.promote-items',
  lane: 'quick',
  ...{ maxAttempts: Infinity, backoffMs: 60_000, backoffCapMs: HOUR, everyMs: HOUR },
};

/** Promotes what the rules say, once an hour. */
@Injectable()
export class PromoteItemsHandler extends JobHandler<Record<string, never>> {
  readonly type = PromoteItems;

  constructor(private readonly promotion: MunkiPromotion) {
    super();
  }

  run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    return this.promotion.runDue(signal);
  }
}
