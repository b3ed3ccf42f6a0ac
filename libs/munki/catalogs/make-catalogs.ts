import { checkFilename, filenameKey, InvalidFilename } from '#libs/packages/filename.js';
import { writeParts, writePlist } from '#libs/platform/plist/write-plist.js';
import { shown } from './reading-limits.js';
import type { PkginfoFacts, PkginfoFault } from './pkginfo-facts.js';

/** A pkginfo file that clients could have. `path` is the one in the repository. */
export interface PkginfoFile {
  readonly path: string;
  readonly read: PkginfoFacts | PkginfoFault;
}

/** A file below pkgs that this server serves. */
export interface HeldFile {
  /** Path below pkgs as it is spelled. */
  readonly path: string;
  readonly sha256: string;
}

/** What this server serves beside pkginfo files. */
export interface Held {
  /** By `filenameKey` of the path below pkgs, `share/NAME` included. */
  readonly pkgs: ReadonlyMap<string, HeldFile>;
  /** Paths below icons, and their SHA-256. */
  readonly icons: ReadonlyMap<string, string>;
}

export const problemCodes = [
  'unreadable',
  'no-name',
  'no-installer',
  'bad-value',
  'missing-installer',
  'missing-uninstaller',
  'other-hash',
  'other-case',
  'bad-catalog',
  'catalog-case',
  'unknown-item',
  'unknown-catalog',
  'unknown-manifest',
] as const;
export type ProblemCode = (typeof problemCodes)[number];

/** Something about a pkginfo file or a manifest that its author should see. */
export interface MunkiProblem {
  /** In the repository. */
  readonly path: string;
  readonly code: ProblemCode;
  readonly detail: string;
  /** Whether the item is in no catalog because of it. */
  readonly isLeftOut: boolean;
}

export interface MadeCatalogs {
  /** By name; `all` is always there. */
  readonly catalogs: ReadonlyMap<string, { readonly body: Buffer; readonly items: number }>;
  /** icons/_icon_hashes.plist */
  readonly iconHashes: Buffer;
  readonly problems: readonly MunkiProblem[];
}

/** Of a repository: each item of each catalog is a copy. */
const MOST_CATALOGS = 200;

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** What is wrong with a file that an item needs; null when nothing is. */
function faultOfNeed(location: string, key: 'installer' | 'uninstaller', held: Held): Omit<MunkiProblem, 'path'> | null {
  const file = held.pkgs.get(filenameKey(location));
  if (!file)
    return {
      code: `missing-${key}`,
      isLeftOut: true,
      detail: `It refers to the ${key} item ${shown(location)}, which this server does not have.`,
    };
  if (file.path === location) return null;
  return { code: 'other-case', isLeftOut: false, detail: `It refers to ${shown(location)}; the file is called ${file.path}.` };
}

function faultsOfItem({ installer, uninstaller, installerHash }: PkginfoFacts, held: Held): Omit<MunkiProblem, 'path'>[] {
  const needs = [
    installer === null ? null : faultOfNeed(installer, 'installer', held),
    uninstaller === null ? null : faultOfNeed(uninstaller, 'uninstaller', held),
  ].filter((fault) => fault !== null);
  const file = installer === null ? undefined : held.pkgs.get(filenameKey(installer));
  const isOther = file !== undefined && installerHash !== null && file.sha256 !== installerHash;
  if (!isOther) return needs;
  const detail = `It names the hash ${installerHash} for ${shown(installer!)}; the file here has ${file.sha256}.`;
  return [...needs, { code: 'other-hash', isLeftOut: true, detail }];
}

/** The catalogs of an item that can be files, and what is wrong with the others. */
function catalogsOf(names: readonly string[]): { wanted: string[]; faults: string[] } {
  const wanted = new Set<string>();
  const faults: string[] = [];
  for (const name of names) {
    const fault = catalogNameFault(name);
    if (fault === null) wanted.add(name.normalize('NFC'));
    else if (name === '') faults.push('It has a catalog with an empty name.');
    else faults.push(`Its catalog "${name.slice(0, 60)}" cannot be made: ${fault}`);
  }
  return { wanted: [...wanted], faults };
}

/** Why items cannot be put into a catalog of this name, a sentence; null when they can. */
export function catalogNameFault(name: string): string | null {
  if (filenameKey(name) === 'all') return 'Every item is in the catalog all.';
  try {
    checkFilename(name);
    return null;
  } catch (error) {
    if (error instanceof InvalidFilename) return error.message;
    throw error;
  }
}

/**
 * The catalogs of a repository, as Munki's makecatalogs makes them, of what this server has: an item whose file is not here, or has another
 * hash than the item says, is left out. The same files give the same bytes, in whatever order they come.
 */
export function makeCatalogs(files: readonly PkginfoFile[], held: Held): MadeCatalogs {
  const problems: MunkiProblem[] = [];
  const elements = new Map<string, Buffer[]>([['all', []]]);
  const spellings = new Map<string, string>();
  for (const { path, read } of [...files].sort((one, other) => byBytes(one.path, other.path))) {
    if ('fault' in read) {
      problems.push({ path, code: read.fault, detail: read.detail, isLeftOut: true });
      continue;
    }
    const faults = faultsOfItem(read, held);
    problems.push(...faults.map((fault) => ({ path, ...fault })));
    const { wanted, faults: bad } = catalogsOf(read.catalogs);
    problems.push(...bad.map((detail) => ({ path, code: 'bad-catalog' as const, detail, isLeftOut: false })));
    if (faults.some(({ isLeftOut }) => isLeftOut)) continue;
    elements.get('all')!.push(read.element);
    for (const name of wanted) {
      if (!elements.has(name) && elements.size >= MOST_CATALOGS) {
        problems.push({
          path,
          code: 'bad-catalog',
          detail: `There are ${MOST_CATALOGS} catalogs already; ${name} is none.`,
          isLeftOut: false,
        });
        continue;
      }
      const known = spellings.get(filenameKey(name)) ?? name;
      spellings.set(filenameKey(name), known);
      if (known !== name)
        problems.push({ path, code: 'catalog-case', detail: `Its catalog ${name} is called ${known} elsewhere.`, isLeftOut: false });
      const items = elements.get(name) ?? [];
      items.push(read.element);
      elements.set(name, items);
    }
  }
  const catalogs = new Map([...elements].map(([name, items]) => [name, { body: writeParts(items), items: items.length }]));
  return { catalogs, iconHashes: writePlist(new Map(held.icons)), problems };
}
