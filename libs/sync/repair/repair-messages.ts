import { DIGEST_BUCKETS, isDigest } from '#libs/replication/catalog-digest.js';
import type { NamedHash, NameRange } from '#libs/replication/range-comparison.js';
import { PeerMessageMalformed } from '../catalog/peer-messages.js';

/** Names of one call, at most: some 50 KiB. */
export const NAMES_LIMIT = 500;
/** Entries given in one answer, at most. */
export const GIVEN_LIMIT = 200;
const KEY_LENGTH = 510;

/** One page of the asking server's names in one part of the digest. */
export interface RangeRequest extends NameRange {
  readonly bucket: number;
  readonly names: readonly NamedHash[];
}

type Fields = Readonly<Record<string, unknown>>;

function check(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new PeerMessageMalformed(`${what} is not usable.`);
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const isKey = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= KEY_LENGTH;
const isBound = (value: unknown): value is string | null => value === null || isKey(value);
const isNamedHash = (value: unknown): value is NamedHash =>
  Array.isArray(value) && value.length === 2 && isKey(value[0]) && typeof value[1] === 'string' && /^[0-9a-f]{12}$/.test(value[1]);

/** Reads a body of `POST /api/ods/repair`; null: only the digest is asked for. Throws PeerMessageMalformed. */
export function readRangeRequest(body: unknown): RangeRequest | null {
  check(isFields(body), 'The message');
  const { bucket, after = null, until = null, names } = body;
  if (bucket === undefined) return null;
  check(typeof bucket === 'number' && Number.isInteger(bucket) && bucket >= 0 && bucket < DIGEST_BUCKETS, 'bucket');
  check(isBound(after) && isBound(until), 'The range');
  check(Array.isArray(names) && names.length <= NAMES_LIMIT && names.every(isNamedHash), 'names');
  return { bucket, after, until, names };
}

/** The digests of a catalog as they are at this moment. */
export interface DigestAnswer {
  /** Of the share. */
  readonly digest: string;
  /** Of the Munki repository, empty for none; left out by servers that take no files of it. */
  readonly munki_digest?: string;
}

/** Reads an answer with digests. Throws PeerMessageMalformed. */
export function readDigests(answer: unknown): DigestAnswer {
  check(isFields(answer), 'The answer');
  const { digest, munki_digest: munki } = answer;
  check(isDigest(digest), 'digest');
  if (munki === undefined) return { digest };
  check(munki === '' || isDigest(munki), 'munki_digest');
  return { digest, munki_digest: munki };
}

export interface RangeAnswer {
  readonly wants: readonly string[];
  readonly until: string | null;
}

/** Reads what stands beside the items of an answer. Throws PeerMessageMalformed. */
export function readRangeAnswer(answer: unknown): RangeAnswer {
  check(isFields(answer), 'The answer');
  const { wants, until } = answer;
  check(Array.isArray(wants) && wants.length <= NAMES_LIMIT && wants.every(isKey), 'wants');
  check(isBound(until), 'until');
  return { wants, until };
}
