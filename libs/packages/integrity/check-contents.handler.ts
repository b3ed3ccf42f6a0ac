import { Injectable, Logger } from '@nestjs/common';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { JobInterrupted } from '#libs/platform/jobs/job-type.js';
import { ContentRepository } from '../content.repository.js';
import { CheckContents } from '../packages.jobs.js';
import { pacer } from './pacer.js';
import { VerificationService } from './verification.service.js';

const BATCH = 100;

/** Computes what is not known of contents on disk yet, at the pace of the scrub. `/metrics` says how many are left. */
@Injectable()
export class CheckContentsHandler extends JobHandler<Record<string, never>> {
  readonly type = CheckContents;
  private readonly logger = new Logger(CheckContentsHandler.name);

  constructor(
    private readonly contents: ContentRepository,
    private readonly verification: VerificationService,
    private readonly config: Config,
  ) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    try {
      await this.checkAll(signal);
    } catch (error) {
      throw signal.aborted ? new JobInterrupted() : error;
    }
  }

  private async checkAll(signal: AbortSignal): Promise<void> {
    const pace = pacer(this.config.get('SCRUB_BYTES_PER_SECOND'), signal);
    for (let after = ''; ;) {
      const batch = await this.contents.findUnchecked(after, BATCH);
      if (batch.length === 0) return;
      for (const content of batch) {
        signal.throwIfAborted();
        const isIntact = await this.verification.complete(content, pace);
        if (!isIntact) this.logger.error(`${content.filename} (${content.uuid}) was found damaged on disk.`);
        after = content.uuid;
      }
    }
  }
}
