import { parseJson } from '#libs/platform/http/bodies/parse-json.js';
import type { Json } from '#libs/platform/plist/plist-json.js';
import { isDict, PlistError, type PlistDict } from '#libs/platform/plist/plist-value.js';
import { readPlist } from '#libs/platform/plist/read-plist.js';
import { MWA2_BODY } from './mwa2-api.js';
import { READING_LIMITS } from '../catalogs/reading-limits.js';
import { requireLines } from './flattened.js';
import { Mwa2Refused } from './mwa2.errors.js';
import { fromMwa2Json } from './mwa2-values.js';

export interface Mwa2Body {
  readonly dict: PlistDict;
  /** XML that can be stored as it came, with its comments and the order of its keys; null for everything else. */
  readonly xml: Buffer | null;
}

/** `<`, a byte order mark, `bplist`: JSON of an object begins with none of them. */
const isPlist = (bytes: Buffer, type: string): boolean =>
  /xml|plist/i.test(type) || /^(?:\s*<|bplist|\xef\xbb\xbf|\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 64));

/** Null for no body, or one of white space. Throws Mwa2Refused, JsonRefused or MunkiFileFlattened. */
export function readMwa2Body(body: unknown, type = ''): Mwa2Body | null {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  if (bytes.toString('latin1').trim() === '') return null;
  const hasPlist = isPlist(bytes, type);
  const isBinary = bytes.toString('latin1', 0, 6) === 'bplist';
  if (hasPlist && !isBinary) requireLines(bytes);
  const value = asRefusal(() => (hasPlist ? readPlist(bytes, READING_LIMITS) : fromMwa2Json(parseJson(bytes, MWA2_BODY) as Json)));
  if (!isDict(value)) throw new Mwa2Refused('BadRequest', 400, 'The body must be a dictionary.');
  return { dict: value, xml: hasPlist && !isBinary ? bytes : null };
}

function asRefusal<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof PlistError ? new Mwa2Refused('BadRequest', 400, error.message) : error;
  }
}
