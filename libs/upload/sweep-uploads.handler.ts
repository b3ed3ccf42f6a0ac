import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import type { JobType } from '#libs/platform/jobs/job-type.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { UPLOAD_PREFIX } from './upload.service.js';

/** A staging file that nobody wrote to for this long belongs to an upload that died with its process, in milliseconds. */
const DEAD_AFTER_MS = 15 * 60_000;

const SweepUploads: JobType<Record<string, never>> = {
  name: 'upload.sweep',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 60_000,
  backoffCapMs: 600_000,
  everyMs: 5 * 60_000,
};

/** Removes what uploads left behind whose process was killed. Live ones write (or are cut) far more often. */
@Injectable()
export class SweepUploadsHandler extends JobHandler<Record<string, never>> {
  readonly type = SweepUploads;
  private readonly logger = new Logger(SweepUploadsHandler.name);

  constructor(
    private readonly store: PackageStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(): Promise<void> {
    for (const { name, touchedMs } of await this.store.listStaging()) {
      if (!name.startsWith(UPLOAD_PREFIX) || touchedMs > this.clock.now() - DEAD_AFTER_MS) continue;
      this.logger.log(`Removing ${name}, left by an upload that ended with its process.`);
      await this.store.discardStaging(name);
    }
  }
}
