import { createHash } from 'node:crypto';
import type { ContentValue } from './register.js';

/** What the uuid of a content is computed from. */
export type NamedContent = Omit<ContentValue, 'uuid' | 'sha1' | 'sha256' | 'manifestSha256' | 'root'> & {
  readonly root: NonNullable<ContentValue['root']>;
};

/**
 * The uuid of a content that has a root: whoever names it names these bytes, this name and this origin, so that it cannot be given
 * to other bytes. The first 32 hex digits of a SHA-256.
 */
export function contentUuid(space: string, filename: string, { root, size, createdMs, originIss }: NamedContent): string {
  const text = JSON.stringify(['ods-content-1', space, filename, root.algorithm, root.hash, size, createdMs, originIss]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Whether a content is what its uuid says. One without a root says nothing: the first that came under its uuid stands. */
export const isSelfCertified = (space: string, filename: string, { root, uuid, ...value }: ContentValue): boolean =>
  root === null || contentUuid(space, filename, { ...value, root }) === uuid;
