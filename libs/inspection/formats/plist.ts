import { PlistError, type PlistValue } from '#libs/platform/plist/plist-value.js';
import { readPlist } from '#libs/platform/plist/read-plist.js';
import { Damaged, OverLimit } from './source.js';

const LIMITS = { bytes: 8 << 20, values: 200_000 };

/** A property list inside an inspected file, XML or binary. Throws Damaged or OverLimit. */
export function plistIn(bytes: Buffer): PlistValue {
  try {
    return readPlist(bytes, LIMITS);
  } catch (error) {
    if (!(error instanceof PlistError)) throw error;
    const [Refusal, message] = [error.code === 'over_limit' ? OverLimit : Damaged, `A property list in it: ${error.message}`];
    throw new Refusal(message);
  }
}

/** The texts directly in the root dictionary of a property list. */
export function plistTexts(bytes: Buffer): Map<string, string> {
  const root = plistIn(bytes);
  if (!(root instanceof Map)) throw new Damaged('A property list in it has no dictionary.');
  return new Map([...root].filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
