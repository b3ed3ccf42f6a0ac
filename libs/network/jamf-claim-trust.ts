import type { BlockedServer } from '#libs/entities/blocked-server.entity.js';
import type { ServerState } from '#libs/entities/server-state.entity.js';

type Origin = Pick<ServerState, 'iss' | 'introducedBy' | 'receivedMs'>;

/** Whom this server trusts with what it hears of others. */
export interface ClaimTrust {
  /** ISS IDs of registered servers. */
  readonly registered: ReadonlySet<string>;
  readonly blocked: readonly Pick<BlockedServer, 'iss' | 'blockedMs'>[];
}

/**
 * Whether what a server says of its connection counts. A registered one speaks for itself, whoever introduced it. Of another one, what came
 * up to the moment when its introducer was blocked does not count; what came later, others have brought.
 */
export function isTrustedClaim({ iss, introducedBy, receivedMs }: Origin, { registered, blocked }: ClaimTrust): boolean {
  if (blocked.some((server) => server.iss === iss)) return false;
  if (registered.has(iss)) return true;
  return !blocked.some((server) => server.iss === introducedBy && receivedMs <= server.blockedMs);
}
