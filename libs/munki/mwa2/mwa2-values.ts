import { fromJson, type Json } from '#libs/platform/plist/plist-json.js';
import { formatDate, isDict, parseDate, type PlistDict, type PlistValue, Real } from '#libs/platform/plist/plist-value.js';
import { formatReal } from '#libs/platform/plist/real-text.js';

const ISO_DATE = /^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ?$/;

/**
 * The JSON of MWA2, in which a value's type is lost where JSON has none: dates are ISO texts, data is base64, integers beyond 2^53 - 1 and
 * reals that are no numbers are texts.
 */
export function toMwa2Json(value: PlistValue): Json {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Real) return Number.isFinite(value.value) ? value.value : formatReal(value);
  if (value instanceof Date) return formatDate(value);
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (Array.isArray(value)) return value.map(toMwa2Json);
  if (!isDict(value)) return value;
  return Object.fromEntries([...value].map(([key, each]) => [key, toMwa2Json(each)]));
}

function dateTag(text: string): Json {
  parseDate(text); // there is no 30 February
  return { $date: text };
}

/** Texts that look like dates are dates under keys that have "date" in their name. */
function tagged(json: Json, key: string): Json {
  if (typeof json === 'string') return /date/i.test(key) && ISO_DATE.test(json) ? dateTag(json.endsWith('Z') ? json : `${json}Z`) : json;
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map((each) => tagged(each, ''));
  const object = Object.fromEntries(Object.entries(json).map(([name, each]) => [name, tagged(each, name)]));
  const [only = '', ...more] = Object.keys(object);
  return only.startsWith('$') && more.length === 0 ? { $dict: object } : object; // a key like any other, here
}

/** Throws PlistError for null, for dates that do not exist, and for what is nested too deep. */
export const fromMwa2Json = (json: Json): PlistValue => fromJson(tagged(json, ''));

const text = (value: PlistValue): string => {
  const json = toMwa2Json(value);
  return (typeof json === 'string' ? json : JSON.stringify(json)).toLowerCase();
};

/** Whether each term is part of what the item has under its key; letter case does not count. */
export const matches = (item: PlistDict, terms: readonly (readonly [key: string, part: string])[]): boolean =>
  terms.every(([key, part]) => {
    const value = item.get(key);
    if (value === undefined) return false;
    return (Array.isArray(value) ? value : [value]).some((each) => text(each).includes(part.toLowerCase()));
  });

/** What a list was asked for. */
export interface Mwa2Query {
  /** The keys that are wanted of each item; null for all. */
  readonly fields: readonly string[] | null;
  readonly terms: readonly (readonly [key: string, part: string])[];
}

/** `_` is what some libraries add so that nothing in between answers. */
export function queryOf(query: unknown): Mwa2Query {
  const given = Object.entries((query ?? {}) as Record<string, unknown>).filter(
    (each): each is [string, string] => typeof each[1] === 'string',
  );
  const fields = given.find(([key]) => key === 'api_fields')?.[1];
  return { fields: fields?.split(',') ?? null, terms: given.filter(([key]) => key !== 'api_fields' && key !== '_') };
}

/** True when the names of files answer it. */
export const needsNamesOnly = ({ fields, terms }: Mwa2Query): boolean =>
  fields?.length === 1 && fields[0] === 'filename' && terms.every(([key]) => key === 'filename');

export const withFields = (item: PlistDict, fields: readonly string[] | null): PlistDict =>
  fields === null ? item : new Map([...item].filter(([key]) => fields.includes(key)));
