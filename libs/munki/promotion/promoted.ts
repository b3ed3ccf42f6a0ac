import { isDict, PlistError, type PlistDict, type PlistValue } from '#libs/platform/plist/plist-value.js';
import { readPlist } from '#libs/platform/plist/read-plist.js';
import { writePlist } from '#libs/platform/plist/write-plist.js';
import { MOST_READ_BYTES, READING_LIMITS } from '../catalogs/reading-limits.js';

/** From which catalog items come into which. */
export interface Promotion {
  readonly from: string;
  readonly to: string;
  /** The item stays in `from`, too. */
  readonly keepsFrom: boolean;
}

/** A pkginfo file as it is to be, or a sentence about why it stays as it is. */
export type Promoted = { readonly content: Buffer; readonly catalogs: readonly string[] } | { readonly reason: string };

/** The catalogs of an item after a promotion, in their order; null when it is not in `from`, or nothing would change. */
export function promotedCatalogs(catalogs: readonly string[], { from, to, keepsFrom }: Promotion): string[] | null {
  if (!catalogs.includes(from)) return null;
  const hasBoth = catalogs.includes(to);
  if (keepsFrom) return hasBoth ? null : [...catalogs, to];
  return hasBoth ? catalogs.filter((name) => name !== from) : catalogs.map((name) => (name === from ? to : name));
}

/** A pkginfo file with its item promoted. All else in it stays, in its order; a binary property list becomes XML, comments go. */
export function promoted(bytes: Buffer, promotion: Promotion): Promoted {
  const item = itemIn(bytes);
  if (item === null) return { reason: 'It is no property list with a dictionary.' };
  const before: PlistValue = item.get('catalogs') ?? [];
  if (!Array.isArray(before) || !before.every((each) => typeof each === 'string')) return { reason: 'Its catalogs are no list of texts.' };
  const catalogs = promotedCatalogs(before, promotion);
  if (catalogs === null) {
    const { from, to } = promotion;
    return { reason: before.includes(from) ? `It is in ${from} and ${to} already.` : `It is not in the catalog ${from}.` };
  }
  return written(new Map(item).set('catalogs', catalogs), catalogs);
}

/** What a binary property list holds may be more than XML can, or than is read. */
function written(item: PlistDict, catalogs: readonly string[]): Promoted {
  try {
    const content = writePlist(item, { sortKeys: false });
    if (content.length <= MOST_READ_BYTES) return { content, catalogs };
    return { reason: `As XML it would be larger than ${MOST_READ_BYTES / 2 ** 20} MiB.` };
  } catch (error) {
    if (error instanceof PlistError) return { reason: `It cannot be written as XML: ${error.message}` };
    throw error;
  }
}

function itemIn(bytes: Buffer): PlistDict | null {
  try {
    const item = readPlist(bytes, READING_LIMITS);
    return isDict(item) ? item : null;
  } catch (error) {
    if (error instanceof PlistError) return null;
    throw error;
  }
}
