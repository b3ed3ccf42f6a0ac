import { isDict, PlistError, type PlistDict, type PlistValue } from '#libs/platform/plist/plist-value.js';
import { readPlist } from '#libs/platform/plist/read-plist.js';
import { READING_LIMITS } from './reading-limits.js';

/** What a manifest names. */
export interface ManifestFacts {
  readonly items: readonly string[];
  readonly catalogs: readonly string[];
  /** Paths below manifests. */
  readonly included: readonly string[];
}

export interface ManifestFault {
  readonly fault: string;
}

const itemKeys = ['managed_installs', 'managed_uninstalls', 'managed_updates', 'optional_installs', 'featured_items', 'default_installs'];
/** Conditions within conditions. */
const MOST_NESTED = 16;

const textsIn = (value: PlistValue | undefined): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string' && each !== '') : [];

function collect(dict: PlistDict, depth: number): { items: string[]; included: string[] } {
  const found = { items: itemKeys.flatMap((key) => textsIn(dict.get(key))), included: textsIn(dict.get('included_manifests')) };
  const conditions = dict.get('conditional_items');
  if (!Array.isArray(conditions) || depth === MOST_NESTED) return found;
  for (const condition of conditions.filter(isDict)) {
    const inner = collect(condition, depth + 1);
    found.items.push(...inner.items);
    found.included.push(...inner.included);
  }
  return found;
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)];

/** Reads a manifest. Whatever is in it, it never throws. */
export function readManifest(bytes: Buffer): ManifestFacts | ManifestFault {
  try {
    const manifest = readPlist(bytes, READING_LIMITS);
    if (!isDict(manifest)) return { fault: 'Its property list has no dictionary.' };
    const { items, included } = collect(manifest, 0);
    return { items: distinct(items), included: distinct(included), catalogs: distinct(textsIn(manifest.get('catalogs'))) };
  } catch (error) {
    if (error instanceof PlistError) return { fault: error.message };
    throw error;
  }
}
