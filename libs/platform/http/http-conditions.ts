import { parseHttpDate } from './http-date.js';

/** What identifies a content to clients; the same on every server that has it. */
export interface Validators {
  /** A strong entity tag, with its quotes. */
  readonly etag: string;
  /** Epoch milliseconds. */
  readonly lastModifiedMs: number;
}

export type ConditionHeaders = Readonly<Record<string, string | string[] | undefined>>;

const text = (headers: ConditionHeaders, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

/** HTTP dates have whole seconds. */
const seconds = (ms: number): number => Math.floor(ms / 1_000);

/** Null for what is not an HTTP date: a recipient ignores such a condition (RFC 9110 §13.1.3). */
function dateOf(value: string | undefined): number | null {
  const ms = parseHttpDate(value);
  return ms === null ? null : seconds(ms);
}

const tagsOf = (list: string): string[] => list.match(/(?:W\/)?"[^"]*"|\*/g) ?? [];
const matchesStrongly = (list: string, etag: string): boolean => tagsOf(list).some((tag) => tag === '*' || tag === etag);
const matchesWeakly = (list: string, etag: string): boolean => tagsOf(list).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);

/** Evaluates the preconditions of a GET or HEAD in the order of RFC 9110 §13.2.2. */
export function evaluateConditions(headers: ConditionHeaders, { etag, lastModifiedMs }: Validators): 200 | 304 | 412 {
  const ifMatch = text(headers, 'if-match');
  const unmodifiedSince = dateOf(text(headers, 'if-unmodified-since'));
  if (ifMatch !== undefined ? !matchesStrongly(ifMatch, etag) : unmodifiedSince !== null && seconds(lastModifiedMs) > unmodifiedSince)
    return 412;
  const ifNoneMatch = text(headers, 'if-none-match');
  if (ifNoneMatch !== undefined) return matchesWeakly(ifNoneMatch, etag) ? 304 : 200;
  const modifiedSince = dateOf(text(headers, 'if-modified-since'));
  return modifiedSince !== null && seconds(lastModifiedMs) <= modifiedSince ? 304 : 200;
}

/** A date says for sure which content was meant only when the content could not have changed again within its second. */
const STRONG_AFTER_MS = 1_000;

/**
 * Whether a `Range` counts, by `If-Range` (RFC 9110 §13.1.5): strong comparison of the tag, or exactly the date where the date is a
 * strong validator, at least one second older than now (§8.8.2.2).
 */
export function rangeCounts(headers: ConditionHeaders, { etag, lastModifiedMs }: Validators, nowMs: number = Date.now()): boolean {
  const ifRange = text(headers, 'if-range')?.trim();
  if (ifRange === undefined) return true;
  if (ifRange.startsWith('"') || ifRange.startsWith('W/')) return ifRange === etag;
  const isStrong = (seconds(lastModifiedMs) + 1) * 1_000 + STRONG_AFTER_MS <= nowMs;
  return isStrong && dateOf(ifRange) === seconds(lastModifiedMs);
}

/** Whether `If-Range` names a date: web servers in front compare that with the time of the file, which is not what clients were given. */
export const hasDatedRange = (headers: ConditionHeaders): boolean => {
  const ifRange = text(headers, 'if-range')?.trim();
  return ifRange !== undefined && !ifRange.startsWith('"') && !ifRange.startsWith('W/');
};
