import { isDeepStrictEqual } from 'node:util';
import { type PackageRecord, type RecordFields, writableFields } from '../client/package-record.js';
import type { ContentHashes, RecordHash } from '../digests/content-hashes.js';
import { seededFields, type SeededField, type Seeds } from './wanted-record.js';

/** A record that is kept in step: as it was when it was last written or taken over, and what the rules wanted then. */
export interface KeptRecord {
  readonly base: RecordFields;
  /** Null: not known; then the record is as it should be. */
  readonly wanted: Partial<Seeds> | null;
  /** Fields that an administrator changed in Jamf Pro. */
  readonly pinned: readonly SeededField[];
}

/** null and an empty text are one and the same in Jamf Pro. */
const isSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(one ?? '', other ?? '');

export interface SeedsMerged {
  readonly changes: Readonly<Partial<Seeds>>;
  readonly pinned: readonly SeededField[];
}

/**
 * Three-way, field by field: what an administrator changed in Jamf Pro stays, and is never written again until they release it; the
 * other fields follow the rules when those change.
 */
export function mergeSeeds(theirs: PackageRecord, seeds: Seeds, { base, wanted, pinned }: KeptRecord): SeedsMerged {
  const changes: Partial<Record<SeededField, string | number>> = {};
  const kept: SeededField[] = [];
  for (const field of seededFields) {
    if (isSame(theirs[field], seeds[field])) continue;
    const isEdited = !isSame(theirs[field], base[field]);
    if (pinned.includes(field) || isEdited) kept.push(field);
    else if (wanted !== null && !(field in wanted && isSame(seeds[field], wanted[field]))) changes[field] = seeds[field];
  }
  return { changes, pinned: kept };
}

/** The fields that carry hashes of the content. Of the older ones only those that Jamf Pro shows are written. */
export function hashChanges(theirs: PackageRecord, { type, value }: RecordHash, known: ContentHashes): RecordFields {
  const older = (['md5', 'sha256', 'sha3512'] as const).filter((field) => typeof theirs[field] === 'string' && theirs[field] !== '');
  return { hashType: type, hashValue: value, ...Object.fromEntries(older.map((field) => [field, known[field]])) };
}

/** The whole object for a PUT: what Jamf Pro gave, unknown fields too, with the changes. */
export const merged = (theirs: PackageRecord, changes: RecordFields): RecordFields => ({ ...writableFields(theirs), ...changes });

/** Names of the fields that are not as they were sent. */
export const differing = (sent: RecordFields, after: PackageRecord): string[] =>
  Object.keys(sent).filter((field) => !isSame(sent[field], after[field]));
