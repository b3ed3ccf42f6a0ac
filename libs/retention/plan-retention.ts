import type { RetentionRule } from '#libs/entities/retention-rule.entity.js';
import { kindsLike } from '#libs/packages/titles/kinds.js';
import type { KnownTitle } from '#libs/packages/titles/package-metadata.repository.js';
import { isSameSigner } from '#libs/packages/titles/signer-change.js';
import { versionOrder } from '#libs/packages/titles/version-order.js';
import type { Stage } from '#libs/replication/stage.js';

const DAY_MS = 86_400_000;

/** A package, and the rule that decides about it. */
export interface RuledPackage {
  readonly filename: string;
  readonly uuid: string;
  readonly stage: Stage;
  readonly size: number;
  readonly createdMs: number;
  /** Null when it was not inspected on this server. */
  readonly read: KnownTitle | null;
  /** Whether this server has verified bytes of the version in force. */
  readonly isHere: boolean;
  /** Null: none fits, and nothing becomes of it. */
  readonly rule: RetentionRule | null;
  /** Why something else needs it, as a sentence; null when nothing is known to. */
  readonly usedBy: string | null;
}

/** What a rule says of one package. */
export interface Verdict {
  readonly subject: RuledPackage;
  readonly rule: RetentionRule;
  readonly isRemoved: boolean;
  /** A sentence. */
  readonly reason: string;
}

const hasOrder = (version: string | null): boolean => versionOrder(version, '0') !== 'unknown';

/** Within a group: newer by its version, and by the time of its upload where that is the same or has no order. */
function isNewer(other: RuledPackage, subject: RuledPackage): boolean {
  const order = versionOrder(other.read?.version ?? null, subject.read?.version ?? null);
  if (order === 'newer' || order === 'older') return order === 'newer';
  return other.createdMs > subject.createdMs;
}

/** Whether there are `count` that replace the subject: newer, here, and of the same signer, who alone can say what its next version is. */
function isReplacedBy(count: number, subject: RuledPackage, group: readonly RuledPackage[]): boolean {
  let found = 0;
  for (const other of group) {
    if (!other.isHere || !isNewer(other, subject) || !isSameSigner(other.read!, subject.read!)) continue;
    found += 1;
    if (found >= count) return true;
  }
  return false;
}

/**
 * Packages that are versions of one thing: of one title and kind, in one stage. Versions with and without an order are two groups: else
 * three packages could each be newer than the next one, and all of them go. Null: the title is not known.
 */
function groupOf({ read, stage }: RuledPackage): string | null {
  if (read === null || read.titleKey === null) return null;
  return JSON.stringify([kindsLike(read.kind), read.titleKey.toLowerCase(), stage, hasOrder(read.version)]);
}

/** The newest uploads first: they decide soonest. */
function grouped(packages: readonly RuledPackage[]): Map<string, RuledPackage[]> {
  const groups = new Map<string, RuledPackage[]>();
  for (const each of [...packages].sort((one, other) => other.createdMs - one.createdMs)) {
    const key = groupOf(each);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}

function verdict(subject: RuledPackage, rule: RetentionRule, group: readonly RuledPackage[] | undefined, nowMs: number): Verdict {
  const kept = (reason: string): Verdict => ({ subject, rule, isRemoved: false, reason });
  const { keep, minAgeDays } = rule;
  if (group === undefined) return kept('Its title is not known on this server.');
  if (!isReplacedBy(keep, subject, group))
    return kept(keep === 1 ? `It is the newest in ${subject.stage} here.` : `It is one of the newest ${keep} in ${subject.stage} here.`);
  if (nowMs - subject.createdMs < minAgeDays * DAY_MS) return kept(`It was uploaded less than ${minAgeDays} days ago.`);
  if (subject.usedBy !== null) return kept(subject.usedBy);
  const newer = keep === 1 ? 'A newer version is' : `${keep} newer versions are`;
  return { subject, rule, isRemoved: true, reason: `${newer} in ${subject.stage} here.` };
}

/**
 * What becomes of the packages that a rule fits. Only newer versions whose bytes are here count: what has not arrived replaces nothing.
 * Takes time in proportion to the packages, times the versions that are kept.
 */
export function planRetention(packages: readonly RuledPackage[], nowMs: number): Verdict[] {
  const groups = grouped(packages);
  return packages.flatMap((subject) =>
    subject.rule === null ? [] : [verdict(subject, subject.rule, groups.get(groupOf(subject) ?? ''), nowMs)],
  );
}
