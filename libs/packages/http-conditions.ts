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

function dateOf(value: string | undefined): number | null {
  const ms = value === undefined ? NaN : Date.parse(value);
  return Number.isNaN(ms) ? null : seconds(ms);
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

/** Whether a `Range` counts, by `If-Range` (RFC 9110 §13.1.5): strong comparison, or exactly the date. */
export function rangeCounts(headers: ConditionHeaders, { etag, lastModifiedMs }: Validators): boolean {
  const ifRange = text(headers, 'if-range')?.trim();
  if (ifRange === undefined) return true;
  if (ifRange.startsWith('"') || ifRange.startsWith('W/')) return ifRange === etag;
  return dateOf(ifRange) === seconds(lastModifiedMs);
}
