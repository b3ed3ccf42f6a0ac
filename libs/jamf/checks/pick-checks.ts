import type { JamfCheck, JamfCheckDepth } from '#libs/entities/jamf-check.entity.js';

/** A package that a distribution point should give. */
export interface CheckTarget {
  readonly filenameKey: string;
  readonly uuid: string;
}

export interface PickedCheck<T extends CheckTarget> {
  readonly target: T;
  readonly depth: JamfCheckDepth;
  readonly before: JamfCheck | null;
}

/** For one server in one run. */
const MOST_NEW = 20;
const MOST_AGAIN = 2;
/** What was right is not asked again before. */
const REST_MS = 12 * 3_600_000;

/** What is tried at one server now: what was asked for, what is new or was replaced, and a few that were tried longest ago. */
export function pickChecks<T extends CheckTarget>(targets: readonly T[], rows: readonly JamfCheck[], nowMs: number): PickedCheck<T>[] {
  const byKey = new Map(rows.map((row) => [row.filenameKey, row]));
  const all = targets.map((target) => ({ target, before: byKey.get(target.filenameKey) ?? null }));
  const asked = all.filter(({ before }) => before?.asked != null);
  const rest = all.filter(({ before }) => before?.asked == null);
  const isNew = ({ target, before }: (typeof all)[number]) => before === null || before.checkedMs === null || before.uuid !== target.uuid;
  const fresh = rest.filter(isNew).slice(0, MOST_NEW);
  const again = rest
    .filter((each) => !isNew(each) && nowMs - each.before!.checkedMs! > REST_MS)
    .sort((one, other) => one.before!.checkedMs! - other.before!.checkedMs!)
    .slice(0, MOST_AGAIN);
  return [
    ...asked.map((each) => ({ ...each, depth: each.before!.asked! })),
    ...[...fresh, ...again].map((each) => ({ ...each, depth: 'head' as const })),
  ];
}
