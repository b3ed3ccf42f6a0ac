import { Injectable, Logger } from '@nestjs/common';
import type { Job } from '#libs/entities/job.entity.js';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { JobQueue } from './job-queue.js';
import type { JobType } from './job-type.js';
import { JobRepository } from './job.repository.js';
import { Lease } from './lease.js';
import { leaseNames } from './lease-names.js';

/** Jobs of one type that a running one does along with its own. */
export interface JobBatch<Payload> {
  readonly payloads: readonly Payload[];
  /** Aborted when the jobs are no longer surely ours. */
  readonly lost: AbortSignal;
  /** Within the transaction that makes the work done: these jobs are done with it. */
  finish(isDone: (payload: Payload) => boolean): Promise<void>;
  /** Releases what was not finished: each of them then runs alone. Must be called. */
  release(): Promise<void>;
}

/** Lets a running job claim others of its kind that wait, where doing many at once costs little more than doing one. */
@Injectable()
export class JobBatcher {
  private readonly logger = new Logger(JobBatcher.name);
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly rows: JobRepository,
    private readonly queue: JobQueue,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Claims some of the first `seen` jobs that wait and were never tried: those that `choose` picks. One caller at a time, so that two
   * do not pick the same.
   */
  take<Payload>(
    type: JobType<Payload>,
    seen: number,
    choose: (payloads: Payload[]) => Promise<ReadonlySet<Payload>>,
  ): Promise<JobBatch<Payload>> {
    const mine = this.turn.then(() => this.claim(type, seen, choose));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async claim<Payload>(
    type: JobType<Payload>,
    seen: number,
    choose: (payloads: Payload[]) => Promise<ReadonlySet<Payload>>,
  ): Promise<JobBatch<Payload>> {
    const waiting = await this.rows.findUntried(type.name, this.clock.now(), seen);
    const chosen = await choose(waiting.map(({ payload }) => payload as Payload));
    const ids = waiting.filter(({ payload }) => chosen.has(payload as Payload)).map(({ id }) => id);
    const name = leaseNames.next();
    const lengthMs = this.config.get('JOB_LEASE_MS');
    const claimed = ids.length === 0 ? [] : await this.rows.claimMany(ids, name, this.clock.now() + lengthMs);
    return this.batchOf(type, name, lengthMs, claimed);
  }

  private batchOf<Payload>(type: JobType<Payload>, name: string, lengthMs: number, claimed: readonly Job[]): JobBatch<Payload> {
    const lease = new Lease(
      (endsMs) => this.rows.extendMany(name, endsMs),
      () => this.clock.now(),
      lengthMs,
      (error) => this.logger.warn(`The lease of ${claimed.length} ${type.name} could not be extended: ${String(error)}`),
    );
    return {
      payloads: claimed.map(({ payload }) => payload as Payload),
      lost: lease.lost,
      finish: (isDone) =>
        this.rows.finishMany(
          claimed.filter(({ payload }) => isDone(payload as Payload)).map(({ id }) => id),
          name,
        ),
      release: async () => {
        lease.release();
        if (claimed.length === 0) return;
        const dueMs = this.clock.now();
        for (const { id } of await this.rows.giveBackMany(name, dueMs)) this.queue.add({ id, lane: type.lane, dueMs });
      },
    };
  }
}
