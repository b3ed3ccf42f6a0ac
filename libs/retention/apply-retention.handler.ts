import { Injectable } from '@nestjs/common';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { ApplyRetention } from './retention.jobs.js';
import { RetentionService } from './retention.service.js';

/** Removes old versions once a day. */
@Injectable()
export class ApplyRetentionHandler extends JobHandler<Record<string, never>> {
  readonly type = ApplyRetention;

  constructor(private readonly retention: RetentionService) {
    super();
  }

  run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    return this.retention.runDaily(signal);
  }
}
