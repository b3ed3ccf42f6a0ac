import { isManifestSizePlausible } from './blocks.js';
import type { Entry } from './entry.js';
import {
  EntryMalformed,
  fields,
  filenameOf,
  hex,
  MAX_SIZE,
  notesOf,
  stageOf,
  stampFromWire,
  stampToWire,
  type WireStamp,
  whole,
} from './wire-fields.js';

/** An entry as one record: what a server without registers reads and writes (docs/mesh.md §3). */
export interface WireEntry {
  filename: string;
  uuid: string;
  stamp: WireStamp;
  deleted: boolean;
  size: number;
  sha1: string;
  sha256: string;
  manifest_sha256: string;
  stage: string;
  notes: string | null;
  created_ms: number;
  origin_iss: string;
}

export const toWire = (entry: Entry): WireEntry => ({
  filename: entry.filename,
  uuid: entry.uuid,
  stamp: stampToWire(entry.stamp),
  deleted: entry.deleted,
  size: entry.size,
  sha1: entry.sha1,
  sha256: entry.sha256,
  manifest_sha256: entry.manifestSha256,
  stage: entry.stage,
  notes: entry.notes,
  created_ms: entry.createdMs,
  origin_iss: entry.originIss,
});

/**
 * Reads what a peer sent. Unknown fields are ignored (MESH §9). Throws EntryMalformed. The filename is only checked
 * to be text here: its rules are the catalog's.
 */
export function fromWire(value: unknown): Entry {
  const source = fields(value, 'entry');
  const filename = filenameOf(source['filename']);
  const { deleted } = source;
  if (typeof deleted !== 'boolean') throw new EntryMalformed('deleted must be true or false.');
  const size = whole(source, 'size', MAX_SIZE);
  if (!isManifestSizePlausible(size)) throw new EntryMalformed('size is larger than any chunk list can describe.');
  return {
    filename,
    uuid: hex(source, 'uuid', 32),
    stamp: stampFromWire(source['stamp']),
    deleted,
    size,
    sha1: hex(source, 'sha1', 40),
    sha256: hex(source, 'sha256', 64),
    manifestSha256: hex(source, 'manifest_sha256', 64),
    stage: stageOf(source['stage']),
    notes: notesOf(source['notes']),
    createdMs: whole(source, 'created_ms', 8.64e15),
    originIss: hex(source, 'origin_iss', 32),
    root: null,
  };
}
