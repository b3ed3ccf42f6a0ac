import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { ForgottenContents } from './forgotten-contents.js';
import { PackageVersionRepository } from './package-version.repository.js';
import { PurgeVersions } from './packages.jobs.js';

const MS_PER_DAY = 86_400_000;

/** Displaced versions are listed for RETENTION_DAYS; then nothing is left of those whose bytes are not here. */
@Injectable()
export class PurgeVersionsHandler extends JobHandler<Record<string, never>> {
  readonly type = PurgeVersions;

  constructor(
    private readonly versions: PackageVersionRepository,
    private readonly contents: ForgottenContents,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    await this.versions.removeBefore(this.clock.now() - this.config.get('RETENTION_DAYS') * MS_PER_DAY);
    await this.contents.remove(signal);
  }
}
