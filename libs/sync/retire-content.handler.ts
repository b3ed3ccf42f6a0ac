import { Injectable, Logger } from '@nestjs/common';
import type { Content } from '#libs/entities/content.entity.js';
import { ContentRepository } from '#libs/packages/content.repository.js';
import { RetireContent } from '#libs/packages/packages.jobs.js';
import { RemovalBrake } from '#libs/packages/removal-brake.js';
import { Clock } from '#libs/platform/clock.js';
import { JobHandler, type JobContext } from '#libs/platform/jobs/job-handler.js';
import { PackageStore } from '#libs/platform/storage/package-store.js';
import { ContentSources } from './content-sources.js';
import { TransferRepository } from './transfer.repository.js';

const BATCH = 100;
/** Content that nobody else holds yet is looked at again after this long, in milliseconds. */
const POSTPONE_MS = 3_600_000;
/** Transfers that ended are shown this long, in milliseconds. */
const SHOW_DONE_MS = 7 * 86_400_000;

/** Removes bytes whose time is over: superseded and deleted versions, and withdrawn ones that another server holds. */
@Injectable()
export class RetireContentHandler extends JobHandler<Record<string, never>> {
  readonly type = RetireContent;
  private readonly logger = new Logger(RetireContentHandler.name);

  constructor(
    private readonly contents: ContentRepository,
    private readonly sources: ContentSources,
    private readonly transfers: TransferRepository,
    private readonly brake: RemovalBrake,
    private readonly store: PackageStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async run(_payload: Record<string, never>, { signal }: JobContext): Promise<void> {
    await this.transfers.removeDoneBefore(this.clock.now() - SHOW_DONE_MS);
    await this.brake.forgetOld();
    for (const content of await this.contents.findRetired(this.clock.now(), BATCH)) {
      if (signal.aborted) return;
      if (content.state === 'withdrawn' && !(await this.isHeldElsewhere(content, signal))) await this.postpone(content);
      else await this.remove(content);
    }
  }

  /** A package that is only withdrawn still exists: the last copy of it in the mesh is never removed. */
  private async isHeldElsewhere(content: Content, signal: AbortSignal): Promise<boolean> {
    return (await this.sources.find(content, signal)).some(({ available }) => available.isFull);
  }

  private async postpone({ uuid }: Content): Promise<void> {
    await this.contents.setState(uuid, 'withdrawn', this.clock.now() + POSTPONE_MS);
  }

  private async remove({ uuid, filename }: Content): Promise<void> {
    if (!(await this.contents.markGone(uuid, this.clock.now()))) return;
    await this.store.remove(uuid);
    this.logger.log(`An earlier version of ${filename} (${uuid}) was removed: its retention has ended.`);
  }
}
