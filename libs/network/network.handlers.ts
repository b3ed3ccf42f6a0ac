import { Injectable } from '@nestjs/common';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobPostponed } from '#libs/platform/jobs/job-type.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { CopyCounter } from './copy-counter.js';
import { CountCopies, CountNewCopies, PublishSummary, SummaryDue } from './network.jobs.js';
import { SummaryPublisher } from './summary-publisher.js';

/** Publishes the summary when it has changed, and checks again on a timer while work is under way here. */
@Injectable()
export class PublishSummaryHandler extends JobHandler<Record<string, never>> {
  readonly type = PublishSummary;

  constructor(private readonly publisher: SummaryPublisher) {
    super();
  }

  async run(): Promise<void> {
    const { lookAgainMs } = await this.publisher.publish();
    if (lookAgainMs !== null) throw new JobPostponed(lookAgainMs, 'The state of this server is checked again.');
  }
}

/** Starts the check at regular intervals. */
@Injectable()
export class SummaryDueHandler extends JobHandler<Record<string, never>> {
  readonly type = SummaryDue;

  constructor(private readonly jobs: Jobs) {
    super();
  }

  async run(): Promise<void> {
    await this.jobs.add(PublishSummary, {}, { key: 'self' });
  }
}

/** Several times within the time after which a smaller number is believed. */
const COUNTS_TO_CONFIRM = 3;

@Injectable()
export class CountCopiesHandler extends JobHandler<Record<string, never>> {
  readonly type: typeof CountCopies;

  constructor(
    private readonly counter: CopyCounter,
    config: Config,
  ) {
    super();
    this.type = {
      ...CountCopies,
      everyMs: Math.min(CountCopies.everyMs!, (config.get('COPIES_CONFIRM_SECONDS') * 1_000) / COUNTS_TO_CONFIRM),
    };
  }

  run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    return this.counter.refresh(signal);
  }
}

/** Between two counts of all packages, those that are on their way are not said to be at fewer servers than they are. */
@Injectable()
export class CountNewCopiesHandler extends JobHandler<Record<string, never>> {
  readonly type = CountNewCopies;

  constructor(private readonly counter: CopyCounter) {
    super();
  }

  run(): Promise<void> {
    return this.counter.refreshNewest();
  }
}
