import { Injectable, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { Job } from '#libs/entities/job.entity.js';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { withRequestContext } from '../logging/request-context.js';
import { JobHandlers } from './job-handlers.js';
import type { JobHandler } from './job-handler.js';
import { JobQueue } from './job-queue.js';
import { backoffDelay, JobInterrupted, JobPostponed, UnrecoverableJob, type JobType } from './job-type.js';
import { JobRepository } from './job.repository.js';

const POLL_LIMIT = 500;
const ERROR_LENGTH = 2_000;

/** Runs jobs in this process: claims rows, keeps their leases alive, writes down how each run ended. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger(JobRunner.name);
  private readonly stopping = new AbortController();
  private readonly timers = new Set<NodeJS.Timeout>();
  private poll: Promise<void> = Promise.resolve();

  constructor(
    private readonly rows: JobRepository,
    private readonly queue: JobQueue,
    private readonly handlers: JobHandlers,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Begins to take work. Periodic jobs get their row here if they have none. */
  async start(): Promise<void> {
    await this.handlers.registerPeriodic();
    const { JOB_CONCURRENCY: quick, TRANSFER_CONCURRENCY: transfer } = this.config.values;
    this.queue.consume((id) => this.run(id), { quick, transfer });
    this.pollNow();
  }

  /** Tells running jobs to stop, waits for them, takes nothing more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.timers) clearTimeout(timer);
    await this.poll;
    await this.queue.stopConsuming();
  }

  private pollNow(): void {
    this.poll = this.offerDue()
      .catch((error: unknown) => this.logger.warn(`Due jobs could not be looked up: ${String(error)}`))
      .then(() => this.after(this.config.get('JOB_POLL_MS'), () => this.pollNow()));
  }

  private async offerDue(): Promise<void> {
    for (const job of await this.rows.findDue(this.clock.now(), POLL_LIMIT)) this.offer(job);
  }

  private offer({ id, type, dueMs }: Pick<Job, 'id' | 'type' | 'dueMs'>): void {
    const handler = this.handlers.find(type);
    if (handler) this.queue.add({ id, lane: handler.type.lane, dueMs });
  }

  private after(delayMs: number, action: () => void): void {
    if (this.stopping.signal.aborted) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, delayMs);
    this.timers.add(timer);
  }

  private async run(id: string): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const seen = await this.rows.findById(id);
    if (!seen || seen.state === 'failed' || seen.dueMs > this.clock.now()) return;
    const handler = this.handlers.find(seen.type);
    if (!handler) return;
    const lease = randomBytes(16).toString('hex');
    if (!(await this.rows.claim(seen, lease, this.clock.now() + this.config.get('JOB_LEASE_MS')))) return;
    const claimed = { ...seen, lease, attempts: seen.attempts + 1 };
    // A job is nobody's request, also when a request of this process asked for it.
    await withRequestContext({ requestId: `job-${id}`, address: null }, () => this.runClaimed(claimed, handler));
  }

  private async runClaimed(job: Job & { lease: string }, handler: JobHandler<unknown>): Promise<void> {
    const lost = new AbortController();
    const heartbeat = setInterval(() => this.keepLease(job, lost), this.config.get('JOB_LEASE_MS') / 3);
    const signal = AbortSignal.any([lost.signal, this.stopping.signal]);
    try {
      await handler.run(job.payload, { jobId: job.id, attempt: job.attempts, signal });
      clearInterval(heartbeat);
      await this.succeeded(job, handler.type);
    } catch (error) {
      clearInterval(heartbeat);
      await this.failed(job, handler.type, error);
    }
  }

  private keepLease(job: Job & { lease: string }, lost: AbortController): void {
    this.rows.extend(job.id, job.lease, this.clock.now() + this.config.get('JOB_LEASE_MS')).then(
      (isHeld) => {
        if (!isHeld) lost.abort();
      },
      (error: unknown) => this.logger.warn(`The lease of ${job.type} could not be extended: ${String(error)}`),
    );
  }

  private async succeeded(job: Job & { lease: string }, type: JobType<unknown>): Promise<void> {
    if (type.everyMs !== undefined) {
      const dueMs = this.clock.now() + Math.round(type.everyMs * (0.9 + 0.2 * Math.random()));
      await this.moveTo(job, { dueMs, attempts: 0, lastError: null });
    } else if (!(await this.rows.finish(job.id, job.lease))) {
      await this.moveTo(job, { dueMs: this.clock.now(), attempts: 0, lastError: null });
    }
  }

  private async failed(job: Job & { lease: string }, type: JobType<unknown>, error: unknown): Promise<void> {
    const now = this.clock.now();
    if (error instanceof JobInterrupted || this.stopping.signal.aborted) {
      await this.moveTo(job, { dueMs: now, attempts: job.attempts - 1, lastError: job.lastError });
      return;
    }
    if (error instanceof JobPostponed) {
      await this.moveTo(job, { dueMs: now + error.delayMs, attempts: 0, lastError: error.message });
      return;
    }
    const lastError = (error instanceof Error ? error.message : String(error)).slice(0, ERROR_LENGTH);
    const hasGivenUp = type.everyMs === undefined && (error instanceof UnrecoverableJob || job.attempts >= type.maxAttempts);
    this.logger[hasGivenUp ? 'error' : 'warn'](`${job.type} failed (attempt ${job.attempts}): ${lastError}`);
    if (hasGivenUp) await this.rows.reschedule(job.id, job.lease, { state: 'failed', dueMs: now, attempts: job.attempts, lastError });
    else await this.moveTo(job, { dueMs: now + backoffDelay(type as JobType<never>, job.attempts), attempts: job.attempts, lastError });
  }

  private async moveTo(job: Job & { lease: string }, change: Pick<Job, 'dueMs' | 'attempts' | 'lastError'>): Promise<void> {
    if (!(await this.rows.reschedule(job.id, job.lease, change))) return; // the lease was lost: another process has it
    const delayMs = Math.max(0, change.dueMs - this.clock.now());
    // Far times are found by the poll; near ones should not wait for it.
    if (delayMs < 60_000) this.after(delayMs, () => this.offer({ ...job, dueMs: change.dueMs }));
  }
}
