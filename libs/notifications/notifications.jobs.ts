import type { JobType } from '#libs/platform/jobs/job-type.js';

/** Something that people want to be told of by e-mail has happened. One row stands for all; which events those are, the settings know. */
export const SendMail: JobType<Record<string, never>> = {
  name: 'notifications.send-mail',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 15_000,
  backoffCapMs: 900_000,
};
