import { Injectable, Logger } from '@nestjs/common';
import type { Content } from '#libs/entities/content.entity.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { RetireContent } from '#libs/packages/packages.jobs.js';
import { MassChangeGuard } from '#libs/packages/catalog/mass-change-guard.js';
import { Clock } from '#libs/platform/clock.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { OFFER_MS } from '#libs/replication/release.js';
import { TransferRepository } from '../transfers/transfer.repository.js';
import { RELEASE_LIMIT } from './release-messages.js';
import { ReleaseOffers } from './release-offers.js';

/** Content that no other server keeps is offered again after this long, in milliseconds. */
const POSTPONE_MS = 3_600_000;
/** Transfers that ended, or that nothing needs any more, are shown this long, in milliseconds. */
const SHOW_OLD_MS = 7 * 86_400_000;

/** Removes bytes whose time is over: superseded and deleted versions, and withdrawn ones that another server has promised to keep. */
@Injectable()
export class RetireContentHandler extends JobHandler<Record<string, never>> {
  readonly type = RetireContent;
  private readonly logger = new Logger(RetireContentHandler.name);

  constructor(
    private readonly db: Database,
    private readonly contents: ContentRepository,
    private readonly packages: PackageRepository,
    private readonly offers: ReleaseOffers,
    private readonly transfers: TransferRepository,
    private readonly guard: MassChangeGuard,
    private readonly store: PackageStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    await this.transfers.removeOld(this.clock.now() - SHOW_OLD_MS);
    await this.guard.removeOld();
    const retired = await this.contents.findRetired(this.clock.now(), RELEASE_LIMIT);
    for (const content of retired.filter(({ state }) => state === 'superseded')) {
      if (signal.aborted) return;
      await this.remove(content, null);
    }
    await this.release(
      retired.filter(({ state }) => state === 'withdrawn'),
      signal,
    );
  }

  /**
   * A package that is only withdrawn still exists: a copy of it goes when another server has promised to keep its own. From the moment the offer is on disk
   * until the copy is gone, a promise that this server gives itself ends the offer.
   */
  private async release(contents: readonly Content[], signal: AbortSignal): Promise<void> {
    if (contents.length === 0) return;
    const releaseId = newHexId();
    const offered = await this.begin(contents, releaseId);
    // Both clocks: the one is set by people, the other stands still while the machine sleeps.
    const start = { wall: this.clock.now(), steady: performance.now() };
    const kept = await this.offers.ask(offered, signal);
    for (const content of offered) {
      const age = Math.max(this.clock.now() - start.wall, performance.now() - start.steady);
      const mayGo = kept.has(content.uuid) && age < OFFER_MS && this.clock.now() >= start.wall;
      if (!mayGo || !(await this.remove(content, releaseId))) await this.postpone(content, releaseId);
    }
  }

  /** The stage of the entry decides which peers serve it. */
  private begin(contents: readonly Content[], releaseId: string): Promise<Content[]> {
    return this.db.transaction(async () => {
      const uuids = contents.map(({ uuid }) => uuid);
      await this.contents.beginRelease(uuids, releaseId, this.clock.now());
      const stages = new Map((await this.packages.findByUuids(uuids)).map(({ uuid, stage }) => [uuid, stage]));
      const offered = (await this.contents.findMany(uuids)).filter((content) => content.releaseId === releaseId);
      return offered.map((content) => ({ ...content, stage: stages.get(content.uuid) ?? content.stage }));
    });
  }

  private async postpone({ uuid }: Content, releaseId: string): Promise<void> {
    await this.contents.endRelease(uuid, releaseId, this.clock.now() + POSTPONE_MS);
  }

  private async remove({ uuid, filename }: Content, releaseId: string | null): Promise<boolean> {
    if (!(await this.db.transaction(() => this.contents.markGone(uuid, releaseId, this.clock.now())))) return false;
    await this.store.remove(uuid);
    const why = releaseId === null ? 'its retention has ended' : 'another server keeps it';
    this.logger.log(`The copy of ${filename} (${uuid}) that is not served here was removed: ${why}.`);
    return true;
  }
}
