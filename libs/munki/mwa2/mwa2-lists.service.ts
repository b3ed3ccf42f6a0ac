import { Injectable } from '@nestjs/common';
import { setImmediate as breathe } from 'node:timers/promises';
import { isDict, PLIST_LIMITS, PlistError, type PlistDict, type PlistValue } from '#libs/platform/plist/plist-value.js';
import { readPlist } from '#libs/platform/plist/read-plist.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { MunkiCatalogs } from '../catalogs/munki-catalogs.js';
import { MOST_READ_BYTES, READING_LIMITS } from '../catalogs/reading-limits.js';
import { MunkiDocuments } from '../files/munki-documents.js';
import { MunkiFileRepository, type ServedFile } from '../files/munki-file.repository.js';
import { Mwa2Refused } from './mwa2.errors.js';
import { SHARE } from './mwa2-target.js';
import { matches, type Mwa2Query, needsNamesOnly, withFields } from './mwa2-values.js';

/** A list of whole files is made in memory: one of five thousand usual pkginfo files fits. */
const MOST_LISTED_BYTES = 16 * 2 ** 20;
const CATALOGS = 'catalogs/';

/** What is in the folders of the repository, as MWA2 lists it. */
@Injectable()
export class Mwa2Lists {
  constructor(
    private readonly files: MunkiFileRepository,
    private readonly documents: MunkiDocuments,
    private readonly catalogs: MunkiCatalogs,
  ) {}

  /** Names of installers or icons; packages of the share are in `pkgs/share`. */
  async names(kind: string): Promise<string[]> {
    const own = await this.namesIn(kind);
    return kind === 'pkgs' ? [...own, ...(await this.files.findShareNames()).map((name) => SHARE + name)] : own;
  }

  /** Manifests or pkginfo files: their keys and `filename`. Throws Mwa2Refused for more than fit in one answer. */
  async items(kind: string, query: Mwa2Query): Promise<PlistDict[]> {
    if (needsNamesOnly(query)) return chosen((await this.namesIn(kind)).map(named), query);
    const prefix = `${MUNKI_PREFIX}${kind}/`;
    const served = (await this.files.findServed()).filter(({ filename }) => filename.startsWith(prefix));
    requireListable(served.map(({ size }) => size));
    const items: PlistDict[] = [];
    for (const file of served) {
      items.push(new Map([...(await this.contentOf(file)), ['filename', file.filename.slice(prefix.length)]]));
      await breathe(); // others get their turn
    }
    return chosen(items, query);
  }

  async catalogList(query: Mwa2Query): Promise<PlistDict[]> {
    const documents = [...(await this.catalogs.current()).documents].filter(([path]) => path.startsWith(CATALOGS));
    const filename = (path: string): [string, PlistValue] => ['filename', path.slice(CATALOGS.length)];
    if (needsNamesOnly(query))
      return chosen(
        documents.map(([path]) => new Map([filename(path)])),
        query,
      );
    requireListable(documents.map(([, { body }]) => body.length));
    const items: PlistDict[] = [];
    for (const [path, { body }] of documents) {
      items.push(new Map([['contents', readPlist(body, { ...PLIST_LIMITS, bytes: MOST_LISTED_BYTES })], filename(path)]));
      await breathe();
    }
    return chosen(items, query);
  }

  private async namesIn(kind: string): Promise<string[]> {
    return (await this.files.findNames(kind)).map((name) => name.slice(`${MUNKI_PREFIX}${kind}/`.length));
  }

  /** Nothing of a file that is no property list: it is listed by its name, so that it is seen and can be mended. */
  private async contentOf({ uuid, size }: ServedFile): Promise<PlistDict> {
    if (size > MOST_READ_BYTES) return new Map();
    try {
      const value = readPlist(await this.documents.read(uuid), READING_LIMITS);
      return isDict(value) ? value : new Map();
    } catch (error) {
      if (error instanceof PlistError) return new Map();
      throw error;
    }
  }
}

/** Throws Mwa2Refused. */
function requireListable(sizes: readonly number[]): void {
  if (sizes.reduce((sum, size) => sum + size, 0) <= MOST_LISTED_BYTES) return;
  throw new Mwa2Refused('ListTooLarge', 400, 'These files are too large for one list. Ask for api_fields=filename, and then for single files.');
}

const named = (filename: string): PlistDict => new Map([['filename', filename]]);

const chosen = (items: readonly PlistDict[], { fields, terms }: Mwa2Query): PlistDict[] =>
  items.filter((item) => matches(item, terms)).map((item) => withFields(item, fields));
