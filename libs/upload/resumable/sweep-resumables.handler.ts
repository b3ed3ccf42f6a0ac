import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import type { JobType } from '#libs/platform/jobs/job-type.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { ResumableEnd } from './resumable-end.js';
import { RESUMABLE_PREFIX } from './resumable-life.js';
import { ResumableUploadRepository } from './resumable-upload.repository.js';

const MINUTE = 60_000;
/** A staging file without its row may be one that is being begun right now. */
const ORPHAN_MS = 10 * MINUTE;
const BATCH = 100;

export const SweepResumables: JobType<Record<string, never>> = {
  name: 'upload.sweep-resumables',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: MINUTE,
  backoffCapMs: 10 * MINUTE,
  everyMs: 5 * MINUTE,
};

/** Removes resumable uploads that were not continued, and files that belong to none. */
@Injectable()
export class SweepResumablesHandler extends JobHandler<Record<string, never>> {
  readonly type = SweepResumables;
  private readonly logger = new Logger(SweepResumablesHandler.name);

  constructor(
    private readonly uploads: ResumableUploadRepository,
    private readonly end: ResumableEnd,
    private readonly store: PackageStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(): Promise<void> {
    const now = this.clock.now();
    for (const { id, filename, received, size } of await this.uploads.findExpired(now, BATCH)) {
      if (received < size) this.logger.log(`Removing the upload of ${filename}: it was not continued (${received} of ${size} bytes).`);
      await this.end.forget(id);
    }
    for (const { name, touchedMs } of await this.store.listStaging()) {
      if (!name.startsWith(RESUMABLE_PREFIX) || touchedMs > now - ORPHAN_MS) continue;
      if (!(await this.uploads.find(name.slice(RESUMABLE_PREFIX.length)))) await this.store.discardStaging(name);
    }
  }
}
