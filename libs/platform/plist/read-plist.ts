import { invalid, overLimit, PLIST_LIMITS, type PlistLimits, type PlistValue } from './plist-value.js';
import { readBinary } from './read-binary.js';
import { readXml } from './read-xml.js';

/**
 * A property list, XML (UTF-8, or UTF-16 with a byte order mark) or binary. Throws PlistError for everything else, for document types other
 * than Apple's, more than 64 levels, and more than `limits`.
 */
export function readPlist(bytes: Buffer, limits: PlistLimits = PLIST_LIMITS): PlistValue {
  if (bytes.length > limits.bytes) throw overLimit(`The property list has more than ${limits.bytes} bytes.`);
  if (bytes.toString('latin1', 0, 8) === 'bplist00') return readBinary(bytes, limits);
  return readXml(textOf(bytes), limits);
}

function textOf(bytes: Buffer): string {
  const mark = bytes.toString('hex', 0, 2);
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw invalid(`The property list is not ${encoding.toUpperCase()}.`);
  }
}
