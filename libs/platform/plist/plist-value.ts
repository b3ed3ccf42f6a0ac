/** A `<real>`: kept apart from integers, so that 1.0 stays a real. */
export class Real {
  constructor(readonly value: number) {}
}

/** A dictionary. A Map keeps the order of all keys, also of `10` and `2`, and `__proto__` is a key like any other. */
export type PlistDict = Map<string, PlistValue>;

/**
 * A value of a property list. Integers are a `number` where that is exact (|n| <= 2^53 - 1), else a `bigint` (-2^63 to 2^64 - 1, what
 * Apple's format holds). `data` is a Buffer.
 */
export type PlistValue = string | boolean | number | bigint | Real | Date | Buffer | PlistValue[] | PlistDict;

export const isDict = (value: PlistValue | undefined): value is PlistDict => value instanceof Map;

/** `invalid`: no property list, or one that was damaged. `over_limit`: reading or writing it would take more than is allowed. */
export type PlistErrorCode = 'invalid' | 'over_limit';

/** The one error of this module; its message is a sentence without the content of the list. */
export class PlistError extends Error {
  override readonly name = 'PlistError';
  constructor(
    readonly code: PlistErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export interface PlistLimits {
  /** Of the file, and of what the references of a binary list expand to. */
  readonly bytes: number;
  /** Values and keys, counted at every place where they stand. */
  readonly values: number;
}

export const PLIST_LIMITS: PlistLimits = { bytes: 16 << 20, values: 1_000_000 };
export const MOST_DEPTH = 64;

export const invalid = (message: string): PlistError => new PlistError('invalid', message);
export const overLimit = (message: string): PlistError => new PlistError('over_limit', message);

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 64n - 1n;

/** The one representation of an integer. */
export function integerOf(value: bigint): number | bigint {
  if (value < LEAST || value > GREATEST) throw invalid('An integer is outside of -2^63 to 2^64 - 1.');
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A date from the year 1 to 9999: what four digits write. */
export function dateOf(ms: number): Date {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) throw invalid('A date is outside of the years 1 to 9999.');
  return date;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d))?)?)?Z$/;

/** `2026-11-28T05:00:00Z`; smaller units may be left out down to the day. */
export function parseDate(text: string): Date {
  const found = DATE.exec(text);
  if (!found) throw invalid('A date is not of the form 2026-11-28T05:00:00Z.');
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = found;
  const full = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const date = new Date(`${full}Z`);
  // 30 February would become 2 March.
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 19) !== full)
    throw invalid('A date names a day or time that does not exist.');
  return dateOf(date.getTime());
}

/** In whole seconds; parts of a second are cut off, as plistlib does. */
export const formatDate = (date: Date): string => `${dateOf(date.getTime()).toISOString().slice(0, 19)}Z`;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Base64 with white space anywhere, and nothing else. */
export function parseBase64(text: string): Buffer {
  const packed = text.replace(/[ \t\r\n]+/g, '');
  if (packed.length % 4 !== 0 || !BASE64.test(packed)) throw invalid('Data is not base64.');
  return Buffer.from(packed, 'base64');
}
