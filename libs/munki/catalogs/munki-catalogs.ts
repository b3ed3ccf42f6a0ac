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
import { checkManifests } from './check-manifests.js';
import { type HeldFile, makeCatalogs, type MunkiProblem } from './make-catalogs.js';
import type { MunkiItem } from './munki-item.js';
import { type ManifestFacts, type ManifestFault, readManifest } from './manifest-facts.js';
import { type PkginfoFacts, type PkginfoFault, readPkginfo } from './pkginfo-facts.js';
import { MOST_READ_BYTES } from './reading-limits.js';

export const ICON_HASHES = 'icons/_icon_hashes.plist';
const PKGSINFO = `${MUNKI_PREFIX}pkgsinfo/`;
const MANIFESTS = `${MUNKI_PREFIX}manifests/`;
const PKGS = `${MUNKI_PREFIX}pkgs/`;
const ICONS = `${MUNKI_PREFIX}icons/`;
const SHARE = 'share/';
/** Milliseconds of reading, after which other requests get their turn. */
const TURN_MS = 20;

const NOT_READ = 'Its bytes could not be read from the disk of this server.';

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
  /** Of the pkginfo files that can be read, by their paths. */
  readonly items: readonly MunkiItem[];
}

interface Built extends BuiltCatalogs {
  readonly state: RepositoryState;
  /** Packages of the share that items need, by key: the content that is served under each, null for none. */
  readonly share: ReadonlyMap<string, string | null>;
}

interface ReadFile<Facts> {
  readonly path: string;
  readonly read: Facts;
  readonly changedMs: number;
}

/** What was read in contents, by their uuids. */
class KnownFacts<Facts> {
  byUuid: ReadonlyMap<string, Facts> = new Map();
  constructor(
    readonly reader: (bytes: Buffer) => Facts,
    /** For one whose bytes are not there. */
    readonly unread: (reason: string) => Facts,
  ) {}
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
  private readonly pkginfos = new KnownFacts<PkginfoFacts | PkginfoFault>(readPkginfo, (detail) => ({ fault: 'unreadable', detail }));
  private readonly manifests = new KnownFacts<ManifestFacts | ManifestFault>(readManifest, (fault) => ({ fault }));

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
    const pkginfos = await this.read(
      this.pkginfos,
      served.filter(({ filename }) => filename.startsWith(PKGSINFO)),
    );
    const manifests = await this.read(
      this.manifests,
      served.filter(({ filename }) => filename.startsWith(MANIFESTS)),
    );
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
    const readable = pkginfos.flatMap(({ read }) => ('fault' in read ? [] : [read]));
    const known = {
      items: new Set(readable.map(({ name }) => name)),
      catalogs: new Set(['all', ...readable.flatMap((each) => each.catalogs)]),
    };
    const items = itemsOf(pkginfos, made.problems);
    return { state, share: uuids, documents, catalogs, items, problems: [...made.problems, ...checkManifests(manifests, known)] };
  }

  /** Contents never change: each is read once. */
  private async read<Facts>(known: KnownFacts<Facts>, rows: readonly ServedFile[]): Promise<ReadFile<Facts>[]> {
    const facts = new Map<string, Facts>();
    const lost = new Set<string>();
    let since = performance.now();
    for (const { uuid, size } of rows) {
      const bytes = known.byUuid.has(uuid) ? null : await this.bytesOf(uuid, size);
      if (typeof bytes === 'string') lost.add(uuid);
      facts.set(uuid, bytes === null ? known.byUuid.get(uuid)! : typeof bytes === 'string' ? known.unread(bytes) : known.reader(bytes));
      if (performance.now() - since < TURN_MS) continue;
      await breathe();
      since = performance.now();
    }
    known.byUuid = new Map([...facts].filter(([uuid]) => !lost.has(uuid)));
    return rows.map(({ filename, uuid, changedMs }) => ({
      path: filename.slice(MUNKI_PREFIX.length),
      read: facts.get(uuid)!,
      changedMs,
    }));
  }

  /** A sentence for what cannot be read now. */
  private async bytesOf(uuid: string, size: number): Promise<Buffer | string> {
    if (size > MOST_READ_BYTES) return `It is larger than ${MOST_READ_BYTES / 2 ** 20} MiB.`;
    let file: FileHandle | undefined;
    try {
      file = await this.store.open(uuid);
      return await file.readFile();
    } catch (error) {
      // The content is checked and fetched again by others; the other items are served meanwhile.
      this.logger.warn(`A file of the Munki repository (${uuid}) could not be read: ${String(error)}`);
      return NOT_READ;
    } finally {
      await file?.close();
    }
  }

  private async shareOf(keys: readonly string[]): Promise<ReadonlyMap<string, ServedFile>> {
    return new Map((await this.files.findServedByKeys(keys)).map((row) => [row.filenameKey, row]));
  }
}

function itemsOf(files: readonly ReadFile<PkginfoFacts | PkginfoFault>[], problems: readonly MunkiProblem[]): MunkiItem[] {
  const first = new Map<string, MunkiProblem>();
  for (const problem of problems) if (!first.has(problem.path) || problem.isLeftOut) first.set(problem.path, problem);
  return files.flatMap(({ path, read, changedMs }) => {
    if ('fault' in read) return [];
    const { name, version, catalogs } = read;
    const problem = first.get(path);
    return [{ path, name, version, catalogs, changedMs, isListed: problem?.isLeftOut !== true, problem: problem?.detail ?? null }];
  });
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
