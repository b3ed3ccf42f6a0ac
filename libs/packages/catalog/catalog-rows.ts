import { Injectable } from '@nestjs/common';
import type { Content } from '#libs/entities/content.entity.js';
import type { Package, PackageStatus } from '#libs/entities/package.entity.js';
import { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import type { Entry } from '#libs/replication/entry.js';
import { flatten, type Registers } from '#libs/replication/register.js';
import { contradictionIn } from '#libs/replication/content-facts.js';
import { type ContentState, type EntryEffects, effectsOf } from '#libs/replication/entry-effects.js';
import { placementOf, type Placement } from '#libs/replication/placement.js';
import type { Stage } from '#libs/replication/stage.js';
import { ContentRepository, type KnownContent } from '../content.repository.js';
import { factsOf } from './content-bindings.js';
import { columnsOf, entryOf, registersOf } from './registers-of.js';
import { filenameKey } from '../filename.js';
import { lastModifiedAfter } from '../last-modified.js';
import { PackageRepository, type PackageRow } from '../package.repository.js';
import { CatalogChanged, ContentWanted } from '../packages.jobs.js';
import { ShareLinks } from '../share-links.js';

const MS_PER_DAY = 86_400_000;

export interface Change {
  readonly registers: Registers;
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

const rowOf = ({ registers, current, seq, now }: Change, status: PackageStatus, servedUuid: string | null): PackageRow => ({
  ...columnsOf(registers),
  filenameKey: filenameKey(registers.content.filename),
  lastModifiedMs: lastModifiedAfter(current, servedUuid, columnsOf(registers).createdMs),
  seq,
  status,
  servedUuid,
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
  rootAlg: entry.root?.algorithm ?? null,
  rootHash: entry.root?.hash ?? null,
  blocks: null,
  digestsUnverified: null,
  refusal: null,
  state: 'absent',
  stage: entry.stage,
  createdMs: entry.createdMs,
  originIss: entry.originIss,
  retireAfterMs: null,
  keepUntilMs: null,
  releaseId: null,
  verifiedMs: null,
});

/**
 * Only the name that a content belongs to decides what becomes of it, and only as the content that it is: nothing is served, withdrawn or
 * superseded on the word of an entry of another name, or of one with another size or hash.
 */
function ownStateOf(content: KnownContent | undefined, entry: Entry): ContentState | undefined {
  if (!content) return undefined;
  const isRight =
    content.uuid === entry.uuid ? contradictionIn(factsOf(entry), content) === null : content.filenameKey === filenameKey(entry.filename);
  return isRight ? content.state : undefined;
}

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
    const { placement, served } = await this.changeContents(change);
    const row = rowOf(change, statusOf[placement], served);
    const written = current ? await this.packages.replace(current.id, row) : await this.packages.insert(row);
    const formerName = current && current.filename !== row.filename ? current.filename : undefined;
    this.db.afterCommit(() => this.links.refreshSoon(row.filenameKey, formerName));
    return written;
  }

  /**
   * The same for many entries whose names are new to this server, in a few statements. No two may share a name. Such entries have
   * no link in the share: their content is not here.
   */
  async applyNew(changes: readonly Change[]): Promise<void> {
    const incoming = changes.map((change) => ({ change, entry: flatten(change.registers) }));
    const states = await this.contents.findStates(incoming.map(({ entry }) => entry.uuid));
    const seen = new Set(states.keys());
    const plain: { change: Change; entry: Entry; placement: Placement }[] = [];
    const special: Change[] = [];
    for (const { change, entry } of incoming) {
      const view = { stage: change.serverStage, stateOf: () => undefined };
      if (seen.has(entry.uuid))
        special.push(change); // a content that is known already
      else plain.push({ change, entry, placement: effectsOf(entry, null, view).placement });
      seen.add(entry.uuid);
    }
    await this.contents.insertMany(plain.filter(({ entry }) => !entry.deleted).map(({ entry }) => absentContent(entry)));
    await this.packages.insertMany(plain.map(({ change, placement }) => rowOf(change, statusOf[placement], null)));
    const wanted = plain.filter(({ placement }) => placement === 'fetch').map(({ entry }) => entry.uuid);
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
    const isReplacement = row.servedUuid !== null && row.servedUuid !== row.uuid;
    if (isReplacement) return this.apply({ registers: registersOf(row), current: row, seq, serverStage, now });
    const lastModifiedMs = lastModifiedAfter(row, row.uuid, row.createdMs);
    const change = { seq, updatedMs: now, servedUuid: row.uuid, lastModifiedMs };
    await this.packages.setServed(row.id, change);
    return { ...row, ...change, status: 'Public' };
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

  /** A content is gone that was served while its replacement is on its way. */
  async stopServing(uuid: string, now: number): Promise<void> {
    const [content] = await this.contents.findFacts([uuid]);
    const row = content ? await this.packages.findByKey(content.filenameKey) : null;
    await this.markGone(uuid);
    if (row?.servedUuid !== uuid) return;
    await this.packages.clearServed(row.id, now);
    this.db.afterCommit(() => this.links.refreshSoon(row.filenameKey));
  }

  private async changeContents(change: Change): Promise<EntryEffects> {
    const { current, serverStage, now } = change;
    const entry = flatten(change.registers);
    const named = [entry.uuid, current?.uuid, current?.servedUuid].filter((uuid) => typeof uuid === 'string');
    const known = new Map((await this.contents.findFacts([...new Set(named)])).map((content) => [content.uuid, content]));
    const effects = effectsOf(entry, current, { stage: serverStage, stateOf: (uuid) => ownStateOf(known.get(uuid), entry) });
    const { placement, ownState, superseded } = effects;
    const retireAfterMs = now + this.retentionMs;
    if (superseded !== null) await this.contents.setState(superseded, 'superseded', retireAfterMs);
    if (!known.has(entry.uuid) && !entry.deleted) await this.contents.insert(absentContent(entry));
    if (ownState !== null) await this.contents.setState(entry.uuid, ownState, ownState === 'held' ? null : retireAfterMs);
    if (placement === 'fetch') await this.jobs.add(ContentWanted, { uuid: entry.uuid }, { key: entry.uuid });
    return effects;
  }

  private get retentionMs(): number {
    return this.config.get('RETENTION_DAYS') * MS_PER_DAY;
  }
}
