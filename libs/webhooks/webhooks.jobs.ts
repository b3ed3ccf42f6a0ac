import type { JobType } from '#libs/platform/jobs/job-type.js';

/** One attempt at a delivery; when the next one is, its row says. */
export const DeliverWebhook: JobType<{ id: string }> = {
  name: 'webhooks.deliver',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 1_000,
  backoffCapMs: 60_000,
};

/** Forgets deliveries after WEBHOOK_LOG_DAYS. */
export const PurgeDeliveries: JobType<Record<string, never>> = {
  name: 'webhooks.purge',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 1_000,
  backoffCapMs: 60_000,
  everyMs: 3_600_000,
};
