import { Injectable } from '@nestjs/common';
import { CountNewCopies, PublishSummary } from '#libs/network/network.jobs.js';
import { CatalogChanged } from '#libs/packages/packages.jobs.js';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { NotifyPeer } from '../sync.jobs.js';

/** Changes within this time are published in one summary, in milliseconds. */
const SUMMARY_DELAY_MS = 300;
/** How often copies are counted while news comes in, in milliseconds. */
const COUNT_DELAY_MS = 5_000;

/** News goes to every peer at once; each has its own job, so that one that is down holds up no other. */
@Injectable()
export class CatalogChangedHandler extends JobHandler<Record<string, never>> {
  readonly type = CatalogChanged;

  constructor(
    private readonly peers: PeerRepository,
    private readonly jobs: Jobs,
  ) {
    super();
  }

  async run(): Promise<void> {
    for (const { iss, firewalledMode, paused } of await this.peers.findAll()) {
      if (!firewalledMode && !paused) await this.jobs.add(NotifyPeer, { iss }, { key: iss });
    }
    await this.jobs.add(PublishSummary, {}, { key: 'self', delayMs: SUMMARY_DELAY_MS });
    await this.jobs.add(CountNewCopies, {}, { key: 'self', delayMs: COUNT_DELAY_MS });
  }
}
