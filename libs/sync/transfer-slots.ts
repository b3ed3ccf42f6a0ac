import { Injectable } from '@nestjs/common';
import { ReplicationLimits } from './replication-limits.js';
import { Wakeup } from './wakeup.js';

/** As many transfers at a time, in this process, as administrators allow. */
@Injectable()
export class TransferSlots {
  private taken = 0;
  private readonly wakeup = new Wakeup();

  constructor(private readonly limits: ReplicationLimits) {}

  /** Runs the work when there is a slot for it. Rejects when `signal` is aborted before. */
  async hold<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      const most = await this.limits.maxTransfers();
      if (this.taken < most) break;
      await this.wakeup.wait(signal);
    }
    this.taken += 1;
    try {
      return await work();
    } finally {
      this.taken -= 1;
      this.wakeup.wake();
    }
  }
}
