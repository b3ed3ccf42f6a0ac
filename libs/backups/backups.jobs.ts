import type { JobType } from '#libs/platform/jobs/job-type.js';

/** Makes a backup in BACKUP_DIR; its period is BACKUP_EVERY_HOURS. */
export const MakeBackup: JobType<Record<string, never>> = {
  name: 'backup.make',
  lane: 'quick',
  ...{ maxAttempts: Infinity, backoffMs: 60_000, backoffCapMs: 3_600_000, everyMs: 86_400_000 },
};
