import { dateOf, integerOf, invalid, MOST_DEPTH, overLimit, parseBase64, type PlistValue, Real } from './plist-value.js';
import { formatReal, parseReal } from './real-text.js';

/** What JSON.parse answers. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * The JSON form of a property list. `{"$date": "2026-11-28T05:00:00.000Z"}`, `{"$data": base64}`, `{"$real": 1.5}` (a text where JSON has no
 * such number: "nan", "inf", "-inf", "-0.0") and `{"$integer": "9007199254740993"}` (only beyond 2^53 - 1) are one value each. A dictionary
 * with a single key that begins with `$` is `{"$dict": {...}}`. JSON objects put keys such as `10` first: their place is not kept.
 */
export function toJson(value: PlistValue): Json {
  if (typeof value === 'bigint') return { $integer: String(value) };
  if (value instanceof Real) return { $real: isPlain(value.value) ? value.value : formatReal(value) };
  if (value instanceof Date) return { $date: value.toISOString() };
  if (Buffer.isBuffer(value)) return { $data: value.toString('base64') };
  if (Array.isArray(value)) return value.map(toJson);
  if (!(value instanceof Map)) return value;
  const object = Object.fromEntries([...value].map(([key, each]) => [key, toJson(each)])); // defines, so that __proto__ is harmless
  return tagOf(Object.keys(object)) === null ? object : { $dict: object };
}

/** The value of a JSON form; numbers with a fraction become Real. Throws PlistError for null, unknown tags and more than 64 levels. */
export function fromJson(json: Json, level = 0): PlistValue {
  if (json === null) throw invalid('A property list cannot hold null: leave the key out.');
  if (typeof json === 'number') return Number.isSafeInteger(json) && !Object.is(json, -0) ? json : new Real(json);
  if (typeof json !== 'object') return json;
  if (level === MOST_DEPTH) throw overLimit(`The property list is nested more than ${MOST_DEPTH} levels deep.`);
  if (Array.isArray(json)) return json.map((each) => fromJson(each, level + 1));
  const tag = tagOf(Object.keys(json));
  return tag === null ? dictOf(json, level) : tagged(tag, json[tag]!, level);
}

const isPlain = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);
const tagOf = (keys: readonly string[]): string | null => (keys.length === 1 && keys[0]!.startsWith('$') ? keys[0]! : null);

const dictOf = (json: { [key: string]: Json }, level: number): PlistValue =>
  new Map(Object.entries(json).map(([key, each]) => [key, fromJson(each, level + 1)]));

function tagged(tag: string, content: Json, level: number): PlistValue {
  if (tag === '$dict' && typeof content === 'object' && content !== null && !Array.isArray(content)) return dictOf(content, level);
  if (tag === '$real' && typeof content === 'number') return new Real(content);
  if (typeof content === 'string') {
    if (tag === '$real') return parseReal(content);
    if (tag === '$data') return parseBase64(content);
    if (tag === '$date' && ISO_DATE.test(content)) return dateOf(Date.parse(content));
    if (tag === '$integer' && /^-?\d{1,20}$/.test(content)) return integerOf(BigInt(content));
  }
  throw invalid('An object with one key that begins with $ is none of $date, $data, $real, $integer and $dict with what each takes.');
}

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/;
