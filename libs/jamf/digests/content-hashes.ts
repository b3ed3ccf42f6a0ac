import type { JamfHashType } from '#libs/entities/jamf-connection.entity.js';
import type { PackageRecord } from '../client/package-record.js';

/** What is known of a content, lower case hexadecimal; null: not computed yet. */
export interface ContentHashes {
  readonly sha256: string;
  readonly md5: string | null;
  readonly sha512: string | null;
  readonly sha3512: string | null;
}

/** A hash in a package record, as Jamf Pro names its kind. */
export interface RecordHash {
  readonly type: string;
  readonly value: string;
}

const fieldOf: Readonly<Record<string, keyof ContentHashes>> = {
  ...{ MD5: 'md5', SHA_256: 'sha256', SHA_512: 'sha512', SHA3_512: 'sha3512' },
};

/** The hash that computers check; null for none. Records of older versions have it in `md5` alone. */
export function hashOf(record: PackageRecord): RecordHash | null {
  const { hashType, hashValue, md5 } = record;
  if (typeof hashValue === 'string' && hashValue !== '')
    return { type: typeof hashType === 'string' ? hashType : 'MD5', value: hashValue.toLowerCase() };
  return typeof md5 === 'string' && md5 !== '' ? { type: 'MD5', value: md5.toLowerCase() } : null;
}

/**
 * none: the record has no hash. same, other: than the content here. unknown: that kind is not computed yet; a kind that this server does
 * not know is another.
 */
export function compareHash(hash: RecordHash | null, known: ContentHashes): 'none' | 'same' | 'other' | 'unknown' {
  if (hash === null) return 'none';
  const field = fieldOf[hash.type];
  if (field === undefined) return 'other';
  const value = known[field];
  if (value === null) return 'unknown';
  return value === hash.value ? 'same' : 'other';
}

/** The hash of a kind that records are written with; null while it is not computed. */
export function hashFor(type: JamfHashType, known: ContentHashes): RecordHash | null {
  const value = known[fieldOf[type]!];
  return value === null ? null : { type, value };
}

const algorithms: Readonly<Record<keyof ContentHashes, string>> = { md5: 'md5', sha256: 'sha256', sha512: 'sha512', sha3512: 'sha3-512' };

/** What node:crypto calls a kind of hash; null: it is not known here. */
export function nodeAlgorithm(type: string): string | null {
  const field = fieldOf[type];
  return field === undefined ? null : algorithms[field];
}
