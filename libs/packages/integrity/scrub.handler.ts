import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { ContentRepository } from '../content.repository.js';
import { pacer } from './pacer.js';
import { ScrubContents } from '../packages.jobs.js';
import { VerificationService } from './verification.service.js';

const MS_PER_DAY = 86_400_000;
const BATCH = 100;

/**
 * Reads what is on disk again, the longest unread first, at a set rate: bit rot is found before the file is needed. What is
 * damaged is quarantined, and fetched again from a peer block by block.
 */
@Injectable()
export class ScrubHandler extends JobHandler<Record<string, never>> {
  readonly type = ScrubContents;
  private readonly logger = new Logger(ScrubHandler.name);

  constructor(
    private readonly contents: ContentRepository,
    private readonly verification: VerificationService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    const days = this.config.get('SCRUB_DAYS');
    if (days === 0) return;
    const pace = pacer(this.config.get('SCRUB_BYTES_PER_SECOND'), signal);
    for (;;) {
      const due = await this.contents.findUnverifiedSince(this.clock.now() - days * MS_PER_DAY, BATCH);
      if (due.length === 0) return;
      for (const content of due) {
        if (signal.aborted) throw new JobInterrupted();
        const isIntact = await this.verification.scrub(content, pace);
        if (!isIntact) this.logger.error(`${content.filename} (${content.uuid}) was found damaged on disk.`);
      }
    }
  }
}
