import type { JobType } from '#libs/platform/jobs/job-type.js';

/** An event happened that is to be sent by e-mail. One row stands for all; the settings say which events those are. */
export const SendMail: JobType<Record<string, never>> = {
  name: 'notifications.send-mail',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 15_000,
  backoffCapMs: 900_000,
};
