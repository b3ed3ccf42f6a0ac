import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { wantedStatuses } from '#libs/entities/package.entity.js';
import { Catalog } from '#libs/packages/catalog/catalog.js';
import { ContentRepository, statesOnDisk } from '#libs/packages/content.repository.js';
import { filenameKey } from '#libs/packages/filename.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { ContentWanted, SignOwnEntries } from '#libs/packages/packages.jobs.js';
import { ShareLinks } from '#libs/packages/share-links.js';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { DatabaseHealth } from '#libs/platform/database/database-health.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { spaceOf } from '#libs/replication/space.js';
import { ownerOfPart } from '#libs/platform/storage/staging-parts.js';
import { STORE_MARK } from '#libs/platform/storage/store-mark.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { TransferRepository } from './transfers/transfer.repository.js';
import { DAMAGED_PREFIX, damagedIdOf, TRANSFER_PREFIX } from '#libs/packages/staging-id.js';

const BATCH = 500;
/** A whole disk that is lost is reported in one line, not in one for each content. */
const NAMED_LOSSES = 20;
const AGAIN = 'what a peer has is fetched again.';
/** A content file that no row claims may be one that another process publishes right now; older ones are left over. Milliseconds. */
const ORPHAN_AGE_MS = 3_600_000;

/** Its message is for whoever starts the server. */
class StoreNotMounted extends Error {
  override readonly name = 'StoreNotMounted';
  constructor(dataDir: string, missing: number) {
    super(
      `The database names ${missing} contents, and ${dataDir}/content has none of them: is the right disk mounted there? If they are really ` +
        `lost, make the empty file ${dataDir}/content/${STORE_MARK} and start again: what other servers have is then fetched from them.`,
    );
  }
}

/**
 * Makes share, staging and database agree at every start (MESH §6.7): nothing half-done is served, nothing whole is lost.
 * Sizes are compared here; contents are compared by verification.
 */
@Injectable()
export class StartUpReconciliation implements OnApplicationBootstrap {
  private readonly logger = new Logger('Reconciliation');

  constructor(
    private readonly contents: ContentRepository,
    private readonly packages: PackageRepository,
    private readonly transfers: TransferRepository,
    private readonly catalog: Catalog,
    private readonly store: PackageStore,
    private readonly links: ShareLinks,
    private readonly jobs: Jobs,
    private readonly config: Config,
    private readonly health: DatabaseHealth,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.health.isSound) await this.reconcile();
  }

  /** Also later, when the database could not be written at the start. Jobs that each start asks for are added here, too. */
  async reconcile(): Promise<void> {
    const onDisk = new Map((await this.store.listContent()).map(({ name, size, touchedMs }) => [name, { size, touchedMs }]));
    await this.requireOwnDisk(onDisk.size);
    await this.checkContents(onDisk);
    await this.removeOrphans(onDisk);
    await this.alignLinks();
    await this.cleanStaging();
    await this.askForWanted();
    await this.jobs.add(SignOwnEntries, {}, { key: 'all' });
  }

  /** Fetching everything again onto whatever lies below a mount point would fill that disk and restore nothing. */
  private async requireOwnDisk(found: number): Promise<void> {
    if (await this.store.isMarked()) return;
    const missing = found === 0 ? await this.contents.countOnDisk() : 0;
    if (missing > 0) throw new StoreNotMounted(this.config.get('dataDir'), missing);
    await this.store.mark();
  }

  /** A row that says "here" and a disk that says otherwise: the disk is right. */
  private async checkContents(onDisk: Map<string, { size: number }>): Promise<void> {
    let lost = 0;
    for (let after = ''; ;) {
      const rows = await this.contents.findAfter(after, BATCH);
      for (const { uuid, filename, size, state } of rows) {
        if (!statesOnDisk.includes(state) || onDisk.get(uuid)?.size === size) continue;
        if (await this.store.has(uuid, size)) continue; // published by another process since the disk was listed
        lost += 1;
        if (lost <= NAMED_LOSSES)
          this.logger.error(`The content of ${filename} (${uuid}) is missing or has another size on disk; ${AGAIN}`);
        await this.store.setAside(uuid, damagedIdOf(uuid));
        await this.catalog.markMissing(uuid);
      }
      const last = rows.at(-1);
      if (!last) break;
      after = last.uuid;
    }
    if (lost > NAMED_LOSSES)
      this.logger.error(`${lost} contents are missing or have another size on disk, those named above among them; ${AGAIN}`);
  }

  /** Files of a publication that never reached its transaction: they were never announced. */
  private async removeOrphans(onDisk: Map<string, { touchedMs: number }>): Promise<void> {
    const names = [...onDisk.keys()];
    for (let at = 0; at < names.length; at += BATCH) {
      const batch = names.slice(at, at + BATCH);
      const states = await this.contents.findStates(batch);
      const wanted = new Set(await this.packages.findWanted(batch));
      for (const uuid of batch) {
        const state = states.get(uuid);
        if (wanted.has(uuid)) continue; // may be whole: checked before it is fetched
        const isOld = onDisk.get(uuid)!.touchedMs < this.clock.now() - ORPHAN_AGE_MS;
        if (isOld && (state === 'absent' || state === undefined)) await this.store.remove(uuid);
      }
    }
  }

  private async alignLinks(): Promise<void> {
    const exposed = new Set(await this.store.listExposed());
    for (let after = 0; ;) {
      const rows = await this.packages.findPresentAfter(after, BATCH);
      for (const { servedUuid, filename, filenameKey: key } of rows) {
        if (spaceOf(key) !== '') continue;
        const isRight = servedUuid === null ? !exposed.has(filename) : await this.store.isExposed(servedUuid, filename);
        if (!isRight) await this.links.settle(key);
        exposed.delete(filename);
      }
      const last = rows.at(-1);
      if (!last) break;
      after = last.id;
    }
    for (const filename of exposed) {
      const row = await this.packages.findByKey(filenameKey(filename));
      if (row?.filename !== filename || row.servedUuid === null) await this.store.hide(filename);
    }
  }

  private async cleanStaging(): Promise<void> {
    for (const { name } of await this.store.listStaging()) {
      if (name.startsWith(DAMAGED_PREFIX) && !(await this.isWanted(name.slice(DAMAGED_PREFIX.length))))
        await this.store.discardStaging(name);
      if (!name.startsWith(TRANSFER_PREFIX)) continue;
      const uuid = ownerOfPart(name).slice(TRANSFER_PREFIX.length);
      const transfer = await this.transfers.find(uuid);
      const isOver = !transfer || transfer.state === 'done' || transfer.state === 'cancelled';
      if (isOver && !(await this.isWanted(uuid))) await this.store.discardStaging(name);
    }
  }

  /** A content that was found damaged is in staging before it has a transfer. */
  private async isWanted(uuid: string): Promise<boolean> {
    const { state } = (await this.transfers.find(uuid)) ?? {};
    return state !== 'cancelled' && (await this.packages.findWanted([uuid])).length > 0;
  }

  /** Wanted content has a job, whatever was lost. */
  private async askForWanted(): Promise<void> {
    for (let after = 0; ;) {
      const rows = await this.packages.findByStatus(wantedStatuses, after, BATCH);
      for (const { uuid } of rows) await this.jobs.add(ContentWanted, { uuid }, { key: uuid });
      const last = rows.at(-1);
      if (!last) return;
      after = last.id;
    }
  }
}
