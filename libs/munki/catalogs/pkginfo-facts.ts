import { isDict, PlistError, type PlistDict, type PlistValue } from '#libs/platform/plist/plist-value.js';
import { readPlist } from '#libs/platform/plist/read-plist.js';
import { READING_LIMITS } from './reading-limits.js';
import { plistPart } from '#libs/platform/plist/write-plist.js';

/** What catalogs need to know of a pkginfo file. */
export interface PkginfoFacts {
  readonly name: string;
  readonly version: string;
  /** As they stand there: texts, also empty ones. */
  readonly catalogs: readonly string[];
  /** Paths below pkgs that it needs; null for an item that needs none. */
  readonly installer: string | null;
  readonly uninstaller: string | null;
  /** SHA-256 of the installer item as it stands there: clients compare it to the letter. Null when it names none. */
  readonly installerHash: string | null;
  /** The item as it stands in a catalog, UTF-8. */
  readonly element: Buffer;
}

/** Why a file gives no item. */
export interface PkginfoFault {
  readonly fault: 'unreadable' | 'no-name' | 'no-installer' | 'bad-value';
  readonly detail: string;
}

/** Kinds of items that are installed without a file of the repository (Munki 6, makecatalogslib). */
const withoutBytes: readonly PlistValue[] = ['nopkg', 'apple_update_metadata'];
const ofOtherServers = ['PackageCompleteURL', 'PackageURL'] as const;

/** Of one item: each of them has a copy of it. */
const MOST_CATALOGS = 20;

class BadValue extends Error {}

/** Throws BadValue. */
function textAt(item: PlistDict, key: string): string | null {
  const value = item.get(key);
  if (value === undefined || value === '') return null;
  if (typeof value !== 'string') throw new BadValue(`Its ${key} is no text.`);
  return value;
}

function catalogsOf(item: PlistDict): string[] {
  const value = item.get('catalogs') ?? [];
  if (!Array.isArray(value)) throw new BadValue('Its catalogs are no list.');
  if (value.length > MOST_CATALOGS) throw new BadValue(`It is in more than ${MOST_CATALOGS} catalogs.`);
  return value.map((each) => {
    if (typeof each !== 'string') throw new BadValue('One of its catalogs is no text.');
    return each;
  });
}

function hashOf(item: PlistDict): string | null {
  const hash = textAt(item, 'installer_item_hash');
  if (hash !== null && !/^[0-9a-f]{64}$/i.test(hash)) throw new BadValue('Its installer_item_hash is no SHA-256 of 64 hexadecimal digits.');
  return hash;
}

/** Keys for people stay in the repository (makecatalogslib). */
const published = (item: PlistDict): PlistDict => new Map([...item].filter(([key]) => key !== 'notes' && !key.startsWith('_')));

function factsIn(item: PlistDict): PkginfoFacts | PkginfoFault {
  const name = textAt(item, 'name');
  if (name === null) return { fault: 'no-name', detail: 'It has no name.' };
  const needsBytes = !withoutBytes.includes(item.get('installer_type') ?? '') && ofOtherServers.every((key) => !item.has(key));
  const installer = needsBytes ? textAt(item, 'installer_item_location') : null;
  if (needsBytes && installer === null) return { fault: 'no-installer', detail: 'It has no installer_item_location.' };
  return {
    name,
    version: textAt(item, 'version') ?? '',
    catalogs: catalogsOf(item),
    installer,
    uninstaller: textAt(item, 'uninstaller_item_location'),
    installerHash: hashOf(item),
    element: plistPart(published(item), 1, { sortKeys: true }),
  };
}

/** Reads a pkginfo file. Whatever is in it, it never throws. */
export function readPkginfo(bytes: Buffer): PkginfoFacts | PkginfoFault {
  try {
    const item = readPlist(bytes, READING_LIMITS);
    if (!isDict(item)) return { fault: 'unreadable', detail: 'Its property list has no dictionary.' };
    return factsIn(item);
  } catch (error) {
    if (error instanceof PlistError) return { fault: 'unreadable', detail: error.message };
    if (error instanceof BadValue) return { fault: 'bad-value', detail: error.message };
    throw error;
  }
}
