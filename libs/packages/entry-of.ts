import type { Package } from '#libs/entities/package.entity.js';
import type { Entry } from '#libs/replication/entry.js';

/** The replicated part of a catalog row. */
export const entryOf = (row: Package): Entry => ({
  filename: row.filename,
  uuid: row.uuid,
  stamp: { wallMs: row.stampWallMs, counter: row.stampCounter, iss: row.stampIss },
  deleted: row.deleted,
  size: row.size,
  sha1: row.sha1,
  sha256: row.sha256,
  manifestSha256: row.manifestSha256,
  stage: row.stage,
  notes: row.notes,
  createdMs: row.createdMs,
  originIss: row.originIss,
});
