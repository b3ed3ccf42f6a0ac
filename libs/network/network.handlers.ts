import { Injectable } from '@nestjs/common';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import { JobPostponed } from '#libs/platform/jobs/job-type.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PublishSummary, SummaryDue } from './network.jobs.js';
import { SummaryPublisher } from './summary-publisher.js';

/** Publishes when there is something to say, and looks again by itself while something is under way here. */
@Injectable()
export class PublishSummaryHandler extends JobHandler<Record<string, never>> {
  readonly type = PublishSummary;

  constructor(private readonly publisher: SummaryPublisher) {
    super();
  }

  async run(): Promise<void> {
    const { lookAgainMs } = await this.publisher.publish();
    if (lookAgainMs !== null) throw new JobPostponed(lookAgainMs, 'The state of this server is looked at again.');
  }
}

/** Makes sure that somebody looks now and then. */
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
