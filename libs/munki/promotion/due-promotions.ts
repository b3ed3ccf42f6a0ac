import type { MunkiItem } from '../catalogs/munki-item.js';
import type { Promotion } from './promoted.js';

/** Promotes items of a catalog some days after they were last changed. */
export interface PromotionRule extends Promotion {
  readonly afterDays: number;
  /** Names of items that are left to people. */
  readonly except: readonly string[];
}

export interface PlannedPromotion extends Promotion {
  readonly item: MunkiItem;
  /** Epoch milliseconds from which on the rule promotes it. */
  readonly dueMs: number;
  /** Why it waits although its time has come; null when it does not. */
  readonly heldBy: string | null;
}

const MS_PER_DAY = 86_400_000;

/**
 * What the rules will do, the earliest first. Of an item the first rule that fits decides. The days count from the last change of its pkginfo
 * file, a promotion included. An item with a problem waits until it has none.
 */
export function plannedPromotions(items: readonly MunkiItem[], rules: readonly PromotionRule[]): PlannedPromotion[] {
  return items.flatMap((item) => plannedOf(item, rules)).sort((one, other) => one.dueMs - other.dueMs || compare(one, other));
}

/** What is in the other catalog already was promoted by a person, who left it where it is. */
const fits = ({ name, catalogs }: MunkiItem, { from, to, except }: PromotionRule): boolean =>
  catalogs.includes(from) && !catalogs.includes(to) && !except.includes(name);

function plannedOf(item: MunkiItem, rules: readonly PromotionRule[]): PlannedPromotion[] {
  const rule = rules.find((each) => fits(item, each));
  if (!rule) return [];
  const { from, to, keepsFrom, afterDays } = rule;
  return [{ item, from, to, keepsFrom, dueMs: item.changedMs + afterDays * MS_PER_DAY, heldBy: item.problem }];
}

const compare = ({ item: one }: PlannedPromotion, { item: other }: PlannedPromotion): number => (one.path < other.path ? -1 : 1);
