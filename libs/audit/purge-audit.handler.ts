import { Injectable } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import type { JobType } from '#libs/platform/jobs/job-type.js';
import { AuditLogRepository } from './audit-log.repository.js';

const HOUR = 3_600_000;
const MS_DAY = 86_400_000;
/** Removed at a time: others who write wait no longer than that takes. */
const BATCH = 1_000;

export const PurgeAudit: JobType<Record<string, never>> = {
  name: 'audit.purge',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 60_000,
  backoffCapMs: HOUR,
  everyMs: 6 * HOUR,
};

/** Removes events that are older than AUDIT_RETENTION_DAYS. */
@Injectable()
export class PurgeAuditHandler extends JobHandler<Record<string, never>> {
  readonly type = PurgeAudit;

  constructor(
    private readonly events: AuditLogRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(): Promise<void> {
    const days = this.config.get('AUDIT_RETENTION_DAYS');
    if (days === 0) return;
    const beforeMs = this.clock.now() - days * MS_DAY;
    while ((await this.events.deleteSome(beforeMs, BATCH)) === BATCH);
  }
}
