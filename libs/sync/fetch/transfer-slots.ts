import { Injectable } from '@nestjs/common';
import type { JobType } from '#libs/platform/jobs/job-type.js';
import { JobPostponed } from '#libs/platform/jobs/job-type.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { Wakeup } from './wakeup.js';

/** A job that wants a place. */
export interface SlotRequest<Payload> {
  /** Those of one pool share its places: packages that are fetched, what is pushed to one server. */
  readonly pool: string;
  /** How many of the pool run at a time, in this process. */
  readonly most: () => Promise<number>;
  /** How many of the pool wait for a place; more of them give way until it is their turn. */
  readonly mostWaiting: number;
  readonly type: JobType<Payload>;
  readonly payload: Payload;
  readonly key: string;
}

interface Pool {
  running: number;
  waiting: number;
  /** Gave way: how to ask for each of them again. */
  readonly parked: Map<string, () => Promise<void>>;
}

/** A job that gave way is tried again after this long at the latest, in milliseconds. */
const PARKED_MS = 120_000;

/** As many transfers at a time, in this process, as administrators allow; those of one pool never keep another one's waiting. */
@Injectable()
export class TransferSlots {
  private readonly pools = new Map<string, Pool>();
  private readonly wakeup = new Wakeup();

  constructor(private readonly jobs: Jobs) {}

  /** Runs the work when there is a place for it. Throws JobPostponed when too many wait already; rejects when `signal` is aborted before. */
  async hold<T, Payload>(request: SlotRequest<Payload>, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const pool = this.poolOf(request.pool);
    await this.waitIn(pool, request, signal);
    try {
      return await work();
    } finally {
      pool.running -= 1;
      this.wakeup.wake();
      await this.callParked(request.pool, pool, request.mostWaiting);
    }
  }

  private async waitIn<Payload>(
    pool: Pool,
    { most, mostWaiting, type, payload, key }: SlotRequest<Payload>,
    signal: AbortSignal,
  ): Promise<void> {
    if (pool.waiting >= mostWaiting) {
      pool.parked.set(key, () => this.jobs.add(type, payload, { key, now: true }));
      throw new JobPostponed(PARKED_MS, 'Other packages go first.');
    }
    pool.parked.delete(key);
    pool.waiting += 1;
    try {
      for (;;) {
        signal.throwIfAborted();
        const limit = await most();
        if (pool.running < limit) break;
        await this.wakeup.wait(signal);
      }
      pool.running += 1;
    } finally {
      pool.waiting -= 1;
    }
  }

  private async callParked(name: string, pool: Pool, mostWaiting: number): Promise<void> {
    if (pool.running + pool.waiting + pool.parked.size === 0) this.pools.delete(name);
    for (const [key, call] of [...pool.parked].slice(0, Math.max(0, mostWaiting - pool.waiting))) {
      pool.parked.delete(key);
      await call();
    }
  }

  private poolOf(name: string): Pool {
    let pool = this.pools.get(name);
    if (!pool) this.pools.set(name, (pool = { running: 0, waiting: 0, parked: new Map() }));
    return pool;
  }
}
