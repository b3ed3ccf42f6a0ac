import { Injectable } from '@nestjs/common';
import type { Content } from '#libs/entities/content.entity.js';
import type { Package, PackageStatus } from '#libs/entities/package.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import type { Entry } from '#libs/replication/entry.js';
import { effectsOf } from '#libs/replication/entry-effects.js';
import { placementOf, type Placement } from '#libs/replication/placement.js';
import type { Stage } from '#libs/replication/stage.js';
import { ContentRepository } from './content.repository.js';
import { entryOf } from './entry-of.js';
import { filenameKey } from './filename.js';
import { PackageRepository, type PackageRow } from './package.repository.js';
import { CatalogChanged, ContentWanted } from './packages.jobs.js';
import { ShareLinks } from './share-links.js';

const MS_PER_DAY = 86_400_000;

export interface Change {
  readonly entry: Entry;
  readonly current: Package | null;
  readonly seq: number;
  readonly serverStage: Stage;
  readonly now: number;
}

const statusOf: Readonly<Record<Placement, PackageStatus>> = {
  serve: 'Public',
  fetch: 'Waiting',
  withdraw: 'Withdrawn',
  retire: 'Deleted',
};

const rowOf = ({ entry, seq, now }: Change, status: PackageStatus): PackageRow => ({
  filename: entry.filename,
  filenameKey: filenameKey(entry.filename),
  uuid: entry.uuid,
  stampWallMs: entry.stamp.wallMs,
  stampCounter: entry.stamp.counter,
  stampIss: entry.stamp.iss,
  deleted: entry.deleted,
  size: entry.size,
  sha1: entry.sha1,
  sha256: entry.sha256,
  manifestSha256: entry.manifestSha256,
  stage: entry.stage,
  notes: entry.notes,
  createdMs: entry.createdMs,
  originIss: entry.originIss,
  seq,
  status,
  updatedMs: now,
});

const absentContent = (entry: Entry): Content => ({
  uuid: entry.uuid,
  filename: entry.filename,
  filenameKey: filenameKey(entry.filename),
  size: entry.size,
  sha1: entry.sha1,
  sha256: entry.sha256,
  manifestSha256: entry.manifestSha256,
  manifest: null,
  state: 'absent',
  stage: entry.stage,
  createdMs: entry.createdMs,
  originIss: entry.originIss,
  retireAfterMs: null,
  verifiedMs: null,
});

/** Makes the rows say what an entry in force means for this server: its status, its content, the work that follows. */
@Injectable()
export class CatalogRows {
  constructor(
    private readonly db: Database,
    private readonly packages: PackageRepository,
    private readonly contents: ContentRepository,
    private readonly links: ShareLinks,
    private readonly jobs: Jobs,
    private readonly config: Config,
  ) {}

  /** Only within a transaction that holds the catalog's lock. */
  async apply(change: Change): Promise<Package> {
    const { current } = change;
    const placement = await this.changeContents(change);
    const row = rowOf(change, statusOf[placement]);
    const written = current ? await this.packages.replace(current.id, row) : await this.packages.insert(row);
    const formerName = current && current.filename !== row.filename ? current.filename : undefined;
    this.db.afterCommit(() => this.links.refreshSoon(row.filenameKey, formerName));
    return written;
  }

  /**
   * The same for many entries whose names this server never heard of, in a few statements. No two may share a name. Such entries have
   * no link in the share: their content is not here.
   */
  async applyNew(changes: readonly Change[]): Promise<void> {
    const states = await this.contents.findStates(changes.map(({ entry }) => entry.uuid));
    const seen = new Set(states.keys());
    const plain: { change: Change; placement: Placement }[] = [];
    const special: Change[] = [];
    for (const change of changes) {
      const { entry, serverStage } = change;
      if (seen.has(entry.uuid))
        special.push(change); // content that is known under another name
      else plain.push({ change, placement: effectsOf(entry, null, { stage: serverStage, stateOf: () => undefined }).placement });
      seen.add(entry.uuid);
    }
    await this.contents.insertMany(plain.filter(({ change }) => !change.entry.deleted).map(({ change }) => absentContent(change.entry)));
    await this.packages.insertMany(plain.map(({ change, placement }) => rowOf(change, statusOf[placement])));
    const wanted = plain.filter(({ placement }) => placement === 'fetch').map(({ change }) => change.entry.uuid);
    await this.jobs.addMany(
      ContentWanted,
      wanted.map((uuid) => ({ payload: { uuid }, key: uuid })),
    );
    for (const change of special) await this.apply(change);
  }

  /**
   * The content of an entry in force came in whole. As `markOnDisk` and `apply`, with fewer statements; the caller makes the link.
   * Null when it is not to be served here.
   */
  async serve(row: Package, manifest: Buffer, seq: number, serverStage: Stage, now: number): Promise<Package | null> {
    if (placementOf(entryOf(row), serverStage, true) !== 'serve') return null;
    await this.contents.setHeld(row.uuid, manifest, now);
    await this.packages.setServed(row.id, { seq, updatedMs: now });
    return { ...row, seq, status: 'Public', updatedMs: now };
  }

  /** Leaves word that the catalog has changed. */
  async announce(): Promise<void> {
    await this.jobs.add(CatalogChanged, {}, { key: 'all', now: true });
  }

  /** The bytes are verified and whole; what that means follows from `apply`. */
  async markOnDisk(uuid: string, manifest: Buffer, now: number): Promise<void> {
    await this.contents.setHeld(uuid, manifest, now);
  }

  async markGone(uuid: string): Promise<void> {
    await this.contents.setState(uuid, 'absent', null);
  }

  private async changeContents({ entry, current, serverStage, now }: Change): Promise<Placement> {
    const states = await this.contents.findStates(current ? [entry.uuid, current.uuid] : [entry.uuid]);
    const view = { stage: serverStage, stateOf: (uuid: string) => states.get(uuid) };
    const { placement, ownState, superseded } = effectsOf(entry, current, view);
    const retireAfterMs = now + this.retentionMs;
    if (superseded !== null) await this.contents.setState(superseded, 'superseded', retireAfterMs);
    if (!states.has(entry.uuid) && !entry.deleted) await this.contents.insert(absentContent(entry));
    if (ownState !== null) await this.contents.setState(entry.uuid, ownState, ownState === 'held' ? null : retireAfterMs);
    if (placement === 'fetch') await this.jobs.add(ContentWanted, { uuid: entry.uuid }, { key: entry.uuid });
    return placement;
  }

  private get retentionMs(): number {
    return this.config.get('RETENTION_DAYS') * MS_PER_DAY;
  }
}
