import type { JobType } from '#libs/platform/jobs/job-type.js';

/** Exchange catalogs with this peer now: it was registered, changed, or an administrator asks. Keyed by the peer's iss. */
export const PeerNews: JobType<{ iss: string }> = {
  name: 'registration.peer-news',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 1_000,
  backoffCapMs: 300_000,
};

/** A server that was unregistered here is told so; after a day it will find out by itself. */
export const SayGoodbye: JobType<{ iss: string; url: string }> = {
  name: 'registration.say-goodbye',
  lane: 'quick',
  maxAttempts: 20,
  backoffMs: 2_000,
  backoffCapMs: 3_600_000,
};
