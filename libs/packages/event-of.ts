import type { Package } from '#libs/entities/package.entity.js';

/** What an event says about a package. */
export const eventOf = ({ filename, uuid, size, sha1, sha256, stage }: Package): Record<string, unknown> => ({
  filename,
  uuid,
  size,
  sha1,
  sha256,
  stage,
});
