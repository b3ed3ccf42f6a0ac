/** A name (its key) and the hash of its entry. */
export type NamedHash = readonly [key: string, hash: string];

/** Part of the names of a bucket: after `after` and up to `until`, in the order of UTF-16 code units; null is no bound. */
export interface NameRange {
  readonly after: string | null;
  readonly until: string | null;
}

export interface RangeDifference {
  /** Names of which the asked server has another entry, or the asking one has none: it is given them. */
  readonly give: string[];
  /** Names of which the asking server has another entry, or the asked one has none: it is asked for them. */
  readonly want: string[];
  /** How far the range was compared: the rest is asked for next. Null when to its end. */
  readonly until: string | null;
}

export const byKey = (a: NamedHash, b: NamedHash): number => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);

const isWithin = (key: string, { after, until }: NameRange): boolean => (after === null || key > after) && (until === null || key <= until);

/**
 * Compares what two servers have in one range of names (range-based set reconciliation, Meyer 2023, with one round and a fixed fan-out). A name
 * that differs goes both ways: merging decides. At most `limit` names are given at a time.
 */
export function compareRange(ours: readonly NamedHash[], theirs: readonly NamedHash[], range: NameRange, limit: number): RangeDifference {
  const their = new Map(theirs.filter(([key]) => isWithin(key, range)));
  const mine = ours.filter(([key]) => isWithin(key, range)).sort(byKey);
  const differing = mine.filter(([key, hash]) => their.get(key) !== hash).map(([key]) => key);
  const isCut = differing.length > limit;
  const give = differing.slice(0, limit);
  const until = isCut ? give.at(-1)! : range.until;
  const own = new Map(mine);
  const want = [...their].filter(([key, hash]) => isWithin(key, { ...range, until }) && own.get(key) !== hash).map(([key]) => key);
  return { give, want: want.sort(), until };
}
