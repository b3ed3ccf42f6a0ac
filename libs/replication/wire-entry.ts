import { isManifestSizePlausible } from './blocks.js';
import type { Entry } from './entry.js';
import { stages, type Stage } from './stage.js';
import { MAX_COUNTER } from './stamp.js';

/** An entry as it travels between servers (MESH §3). */
export interface WireEntry {
  filename: string;
  uuid: string;
  stamp: { wall_ms: number; counter: number; iss: string };
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

/** What a peer sent is not an entry; says which field is wrong. */
export class EntryMalformed extends Error {
  override readonly name = 'EntryMalformed';
}

/** Larger than any file a server accepts by configuration: a bound on hostile numbers (256 TiB). */
const MAX_SIZE = 2 ** 48;
const MAX_NOTES = 4_000;

export const toWire = (entry: Entry): WireEntry => ({
  filename: entry.filename,
  uuid: entry.uuid,
  stamp: { wall_ms: entry.stamp.wallMs, counter: entry.stamp.counter, iss: entry.stamp.iss },
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

type Fields = Readonly<Record<string, unknown>>;

function hex(source: Fields, name: string, length: number): string {
  const value = source[name];
  if (typeof value === 'string' && value.length === length && /^[0-9a-f]+$/.test(value)) return value;
  throw new EntryMalformed(`${name} must be ${length} lower case hexadecimal digits.`);
}

function whole(source: Fields, name: string, most: number): number {
  const value = source[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  throw new EntryMalformed(`${name} must be a whole number from 0 to ${most}.`);
}

function fields(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new EntryMalformed(`${name} must be an object.`);
}

function stageOf(value: unknown): Stage {
  const stage = stages.find((known) => known === value);
  if (!stage) throw new EntryMalformed(`stage must be one of ${stages.join(', ')}.`);
  return stage;
}

function notesOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' && value.length <= MAX_NOTES) return value;
  throw new EntryMalformed(`notes must be text of at most ${MAX_NOTES} characters.`);
}

/**
 * Reads what a peer sent. Unknown fields are ignored (MESH §9). Throws EntryMalformed. The filename is only checked
 * to be text here: its rules are the catalog's.
 */
export function fromWire(value: unknown): Entry {
  const source = fields(value, 'entry');
  const stamp = fields(source['stamp'], 'stamp');
  const { filename, deleted } = source;
  if (typeof filename !== 'string' || filename.length === 0 || filename.length > 255)
    throw new EntryMalformed('filename must be text of 1 to 255 characters.');
  if (typeof deleted !== 'boolean') throw new EntryMalformed('deleted must be true or false.');
  const size = whole(source, 'size', MAX_SIZE);
  if (!isManifestSizePlausible(size)) throw new EntryMalformed('size is larger than any chunk list can describe.');
  return {
    filename,
    uuid: hex(source, 'uuid', 32),
    stamp: {
      wallMs: whole(stamp, 'wall_ms', Number.MAX_SAFE_INTEGER),
      counter: whole(stamp, 'counter', MAX_COUNTER),
      iss: hex(stamp, 'iss', 32),
    },
    deleted,
    size,
    sha1: hex(source, 'sha1', 40),
    sha256: hex(source, 'sha256', 64),
    manifestSha256: hex(source, 'manifest_sha256', 64),
    stage: stageOf(source['stage']),
    notes: notesOf(source['notes']),
    createdMs: whole(source, 'created_ms', 8.64e15),
    originIss: hex(source, 'origin_iss', 32),
  };
}
