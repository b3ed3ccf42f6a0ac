import type { Package } from '#libs/entities/package.entity.js';

const SECOND = 1_000;

/**
 * HTTP dates have whole seconds, so the contents of one name must be a second apart: otherwise a client that knows the date of the former
 * one would take the new one for it, or splice the two (RFC 9110 section 8.8.2.2). Also when clocks differ, and when an older content is
 * restored. Epoch milliseconds.
 */
export const laterThan = (formerMs: number, ms: number): number => Math.max(ms, (Math.floor(formerMs / SECOND) + 1) * SECOND);

/** When a content is made that replaces that of an entry, deleted or not: later than it on every server. */
export const dateOfReplacement = (former: Pick<Package, 'createdMs' | 'lastModifiedMs'> | null, nowMs: number): number =>
  former === null ? nowMs : laterThan(Math.max(former.createdMs, former.lastModifiedMs), nowMs);

/**
 * The Last-Modified of what is served under a name from now on. It stays while the same content is served, also when that content was away
 * for a while; 0 before anything was served.
 */
export function lastModifiedAfter(
  former: Pick<Package, 'servedUuid' | 'lastModifiedMs'> | null,
  servedUuid: string | null,
  createdMs: number,
): number {
  if (former === null) return servedUuid === null ? 0 : createdMs;
  const isSame = servedUuid === null || servedUuid === former.servedUuid || former.lastModifiedMs === createdMs;
  return isSame ? former.lastModifiedMs : laterThan(former.lastModifiedMs, createdMs);
}
