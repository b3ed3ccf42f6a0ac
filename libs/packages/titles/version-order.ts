export const versionOrders = ['older', 'newer', 'same', 'unknown'] as const;
export type VersionOrder = (typeof versionOrders)[number];

const NUMBERS = /^(?:(\d+):)?(\d+(?:[._+~-]\d+)*)$/;

/** `1:2.10-3` as numbers, the epoch first; null for a version with anything but numbers in it. */
function numbersOf(version: string): bigint[] | null {
  const [, epoch = '0', rest] = NUMBERS.exec(version) ?? [];
  return rest === undefined ? null : [epoch, ...rest.split(/[._+~-]/)].map(BigInt);
}

/**
 * What `version` is beside `other`. Only versions of numbers are ordered: what `rc2` or `b` means differs from one system of packages to
 * the next.
 */
export function versionOrder(version: string | null, other: string | null): VersionOrder {
  if (version === null || other === null) return 'unknown';
  if (version === other) return 'same';
  const [mine, theirs] = [numbersOf(version), numbersOf(other)];
  if (!mine || !theirs) return 'unknown';
  for (let index = 0; index < Math.max(mine.length, theirs.length); index++) {
    const [left, right] = [mine[index] ?? 0n, theirs[index] ?? 0n];
    if (left !== right) return left < right ? 'older' : 'newer';
  }
  return 'same';
}
