import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import type { JobType } from '#libs/platform/jobs/job-type.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { deadAfterMs, UPLOAD_PREFIX } from './upload-life.js';

const SweepUploads: JobType<Record<string, never>> = {
  name: 'upload.sweep',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 60_000,
  backoffCapMs: 600_000,
  everyMs: 2 * 60_000,
};

/** Removes what uploads left behind whose process was killed, at each start and now and then. Live ones touch their file far more often. */
@Injectable()
export class SweepUploadsHandler extends JobHandler<Record<string, never>> implements OnApplicationBootstrap {
  readonly type = SweepUploads;
  private readonly logger = new Logger(SweepUploadsHandler.name);

  constructor(
    private readonly store: PackageStore,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  onApplicationBootstrap(): Promise<void> {
    return this.run();
  }

  async run(): Promise<void> {
    const deadBefore = this.clock.now() - deadAfterMs(this.config);
    for (const { name, touchedMs } of await this.store.listStaging()) {
      if (!name.startsWith(UPLOAD_PREFIX) || touchedMs > deadBefore) continue;
      this.logger.log(`Removing ${name}, left by an upload that ended with its process.`);
      await this.store.discardStaging(name);
    }
  }
}
