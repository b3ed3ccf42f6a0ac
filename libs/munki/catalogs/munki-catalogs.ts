import { Injectable, Logger } from '@nestjs/common';
import type { FileHandle } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import type { MadeDocument } from '#libs/downloads/download-answers.js';
import { filenameKey } from '#libs/packages/filename.js';
import { Clock } from '#libs/platform/clock.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { isDatabaseLoss } from '#libs/platform/database/database-outage.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { MUNKI_PREFIX } from '#libs/replication/space.js';
import { MunkiFileRepository, type RepositoryState, type ServedFile } from '../files/munki-file.repository.js';
import { type HeldFile, makeCatalogs, type MunkiProblem, type PkginfoFile } from './make-catalogs.js';
import { MOST_PKGINFO_BYTES, type PkginfoFacts, type PkginfoFault, readPkginfo } from './pkginfo-facts.js';

export const ICON_HASHES = 'icons/_icon_hashes.plist';
const PKGSINFO = `${MUNKI_PREFIX}pkgsinfo/`;
const PKGS = `${MUNKI_PREFIX}pkgs/`;
const ICONS = `${MUNKI_PREFIX}icons/`;
const SHARE = 'share/';
/** Milliseconds of reading, after which other requests get their turn. */
const TURN_MS = 20;

const notThere: PkginfoFault = { fault: 'unreadable', detail: 'Its bytes could not be read from the disk of this server.' };

export interface CatalogSummary {
  readonly name: string;
  readonly items: number;
  readonly sha256: string;
}

/** Everything that was made of one state of the repository. */
export interface BuiltCatalogs {
  /** What clients get, by path. */
  readonly documents: ReadonlyMap<string, MadeDocument>;
  readonly catalogs: readonly CatalogSummary[];
  readonly problems: readonly MunkiProblem[];
}

interface Built extends BuiltCatalogs {
  readonly state: RepositoryState;
  /** Packages of the share that items need, by key: the content that is served under each, null for none. */
  readonly share: ReadonlyMap<string, string | null>;
}

/**
 * The catalogs of the Munki repository (docs/adr/0033). They are made of what this server serves, and never stored: before each answer they are
 * compared with the database, and made anew when anything has changed, so that no answer names bytes that are not here.
 */
@Injectable()
export class MunkiCatalogs {
  private readonly logger = new Logger(MunkiCatalogs.name);
  private built: Built | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private facts = new Map<string, PkginfoFacts | PkginfoFault>();

  constructor(
    private readonly files: MunkiFileRepository,
    private readonly store: PackageStore,
    private readonly clock: Clock,
  ) {}

  /** As the files are now. While the database server is away: as they were when it was last asked. */
  async current(): Promise<BuiltCatalogs> {
    try {
      if (this.built && (await this.isCurrent(this.built))) return this.built;
      return await this.refresh();
    } catch (error) {
      if (this.built && isDatabaseLoss(error)) return this.built;
      throw error;
    }
  }

  /** One caller at a time: what is made for one often serves the next. */
  private refresh(): Promise<Built> {
    const mine = this.turn.then(async () => {
      if (this.built === undefined || !(await this.isCurrent(this.built))) this.built = await this.build();
      return this.built;
    });
    this.turn = mine.catch(() => undefined); // its own caller hears of it; the next one tries again
    return mine;
  }

  private async isCurrent({ state, share }: Built): Promise<boolean> {
    const now = await this.files.state();
    if (now.seq !== state.seq || now.served !== state.served) return false;
    const served = await this.shareOf([...share.keys()]);
    return [...share].every(([key, uuid]) => (served.get(key)?.uuid ?? null) === uuid);
  }

  private async build(): Promise<Built> {
    const state = await this.files.state(); // first: what changes meanwhile makes this outdated, not wrong
    const served = await this.files.findServed();
    const pkginfos = await this.read(served.filter(({ filename }) => filename.startsWith(PKGSINFO)));
    const needs = pkginfos.flatMap(({ read }) => ('fault' in read ? [] : [read.installer, read.uninstaller]));
    const wanted = new Set(needs.filter((need) => need?.startsWith(SHARE)).map((need) => filenameKey(need!.slice(SHARE.length))));
    const share = await this.shareOf([...wanted]);
    const made = makeCatalogs(pkginfos, { pkgs: pkgsIn(served, share), icons: iconsIn(served) });
    const lastModifiedMs = this.clock.now();
    const documents = new Map<string, MadeDocument>();
    const add = (path: string, body: Buffer): string => {
      const sha256 = sha256Hex(body);
      const before = this.built?.documents.get(path);
      documents.set(path, before?.sha256 === sha256 ? before : { body, sha256, lastModifiedMs });
      return sha256;
    };
    const catalogs = [...made.catalogs].map(([name, { body, items }]) => ({ name, items, sha256: add(`catalogs/${name}`, body) }));
    add(ICON_HASHES, made.iconHashes);
    const uuids = new Map([...wanted].map((key) => [key, share.get(key)?.uuid ?? null]));
    return { state, share: uuids, documents, catalogs, problems: made.problems };
  }

  /** Contents never change: each is read once. */
  private async read(rows: readonly ServedFile[]): Promise<PkginfoFile[]> {
    const known = this.facts;
    const facts = new Map<string, PkginfoFacts | PkginfoFault>();
    let since = performance.now();
    for (const { uuid, size } of rows) {
      facts.set(uuid, known.get(uuid) ?? (await this.factsOf(uuid, size)));
      if (performance.now() - since < TURN_MS) continue;
      await breathe();
      since = performance.now();
    }
    this.facts = new Map([...facts].filter(([, read]) => read !== notThere));
    return rows.map(({ filename, uuid }) => ({ path: filename.slice(PKGSINFO.length), read: facts.get(uuid)! }));
  }

  private async factsOf(uuid: string, size: number): Promise<PkginfoFacts | PkginfoFault> {
    if (size > MOST_PKGINFO_BYTES) return { fault: 'unreadable', detail: `It is larger than ${MOST_PKGINFO_BYTES / 2 ** 20} MiB.` };
    let file: FileHandle | undefined;
    try {
      file = await this.store.open(uuid);
      return readPkginfo(await file.readFile());
    } catch (error) {
      // The content is checked and fetched again by others; the other items are served meanwhile.
      this.logger.warn(`A pkginfo file (${uuid}) could not be read: ${String(error)}`);
      return notThere;
    } finally {
      await file?.close();
    }
  }

  private async shareOf(keys: readonly string[]): Promise<ReadonlyMap<string, ServedFile>> {
    return new Map((await this.files.findServedByKeys(keys)).map((row) => [row.filenameKey, row]));
  }
}

function pkgsIn(served: readonly ServedFile[], share: ReadonlyMap<string, ServedFile>): Map<string, HeldFile> {
  const own = served.filter(({ filename }) => filename.startsWith(PKGS)).map((row) => ({ ...row, path: row.filename.slice(PKGS.length) }));
  const shared = [...share.values()].map((row) => ({ ...row, path: SHARE + row.filename }));
  return new Map([...own, ...shared].map(({ path, sha256 }) => [filenameKey(path), { path, sha256 }]));
}

const iconsIn = (served: readonly ServedFile[]): Map<string, string> =>
  new Map(
    served.filter(({ filename }) => filename.startsWith(ICONS)).map(({ filename, sha256 }) => [filename.slice(ICONS.length), sha256]),
  );
