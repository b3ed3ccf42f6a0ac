import type { JobType } from '#libs/platform/jobs/job-type.js';

/** Exchange catalogs with this peer now: it was registered, changed, or an administrator asks. Keyed by the peer's iss. */
export const PeerNews: JobType<{ iss: string }> = {
  name: 'registration.peer-news',
  lane: 'quick',
  maxAttempts: Infinity,
  backoffMs: 1_000,
  backoffCapMs: 300_000,
};

/** Notifies a server that it was unregistered here; given up after a day, when its own next call shows it. */
export const UnregisterPeer: JobType<{ iss: string; url: string }> = {
  name: 'registration.say-goodbye',
  lane: 'peer',
  maxAttempts: 20,
  backoffMs: 2_000,
  backoffCapMs: 3_600_000,
};
