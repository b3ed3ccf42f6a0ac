import { Injectable } from '@nestjs/common';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import type { JobType } from '#libs/platform/jobs/job-type.js';
import { MakeBackup } from './backups.jobs.js';
import { BackupsService } from './backups.service.js';

/** Makes a backup when one is due. */
@Injectable()
export class MakeBackupHandler extends JobHandler<Record<string, never>> {
  readonly type: JobType<Record<string, never>>;

  constructor(
    private readonly backups: BackupsService,
    config: Config,
  ) {
    super();
    this.type = { ...MakeBackup, everyMs: config.get('BACKUP_EVERY_HOURS') * 3_600_000 };
  }

  run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    return this.backups.makeWhenDue(signal);
  }
}
