import { Injectable } from '@nestjs/common';
import { ContentWanted } from '#libs/packages/packages.jobs.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { TransferRepository } from './transfer.repository.js';

const BATCH = 500;

/** What ends when a server can be reached again. */
export const NEEDS_A_SOURCE = ['no-source', 'sources-failed', 'stalled'];
/** What ends when an administrator lets it, or the time of day. */
export const NEEDS_LEAVE = ['paused', 'outside-window'];

/** Lets transfers go on at once when what they wait for has come, whatever their back-off says. */
@Injectable()
export class TransferWaker {
  constructor(
    private readonly transfers: TransferRepository,
    private readonly jobs: Jobs,
  ) {}

  async wake(errorCodes: readonly string[]): Promise<void> {
    for (let after = 0; ;) {
      const waiting = await this.transfers.findWaitingFor(errorCodes, after, BATCH);
      for (const { uuid } of waiting) await this.jobs.add(ContentWanted, { uuid }, { key: uuid, now: true });
      const last = waiting.at(-1);
      if (!last) return;
      after = last.id;
    }
  }
}
