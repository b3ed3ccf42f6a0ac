import type { Session } from '#libs/entities/session.entity.js';

/**
 * A refresh token that was replaced is taken for this long still, and answered with the same replacement:
 * tabs refresh at once, and answers get lost. After that its use means that it was copied. No token is
 * replaced twice in this time, so the late answer of one tab cannot outdate what another one was given.
 */
export const REFRESH_GRACE_MS = 30_000;

/** What a presented refresh token is to its sign-in. */
export type RefreshStatus = 'newest' | 'just-issued' | 'just-replaced' | 'outdated';

export function refreshStatus(
  { refreshHash, previousHash, rotatedMs }: Pick<Session, 'refreshHash' | 'previousHash' | 'rotatedMs'>,
  presentedHash: string,
  now: number,
): RefreshStatus {
  const isWithinGrace = rotatedMs !== null && now - rotatedMs <= REFRESH_GRACE_MS;
  if (presentedHash === refreshHash) return isWithinGrace ? 'just-issued' : 'newest';
  return presentedHash === previousHash && isWithinGrace ? 'just-replaced' : 'outdated';
}
