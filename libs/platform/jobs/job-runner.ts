import { Injectable, Logger } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import type { Job } from '#libs/entities/job.entity.js';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';
import { DatabaseHealth } from '../database/database-health.js';
import { withRequestContext } from '../logging/request-context.js';
import { jobRuns } from '../metrics/meters.js';
import { type TraceContext, type SpanStart, traced } from '../tracing/spans.js';
import { JobHandlers } from './job-handlers.js';
import type { JobHandler } from './job-handler.js';
import { JobQueue } from './job-queue.js';
import { afterFailure, afterSuccess, type ClaimedJob, type Outcome, readable } from './job-outcome.js';
import { JobInterrupted, jobLanes, JobPostponed, type JobType } from './job-type.js';
import { JobRepository } from './job.repository.js';
import { Lease } from './lease.js';
import { leaseNames } from './lease-names.js';

const POLL_LIMIT = 500;
const ENOUGH_OFFERS = 100;
/** Calls held open that one process has at a time: they cost a connection and nothing else. */
const LISTENERS = 128;
/** Jobs that gave up are kept for administrators this long, in milliseconds. */
const SHOW_FAILED_MS = 30 * 86_400_000;
/** A wall clock that goes back by more was set. */
const CLOCK_STEP_MS = 60_000;
/** A job that ends at the moment when the clock is set back may still be written down with the wrong time. */
const MENDS_AFTER_MS = [0, 1_000, 10_000, 60_000];
/** No job is put off for longer on purpose: mail is collected for a day at most. */
const LONGEST_DELAY_MS = 25 * 3_600_000;
/** Two for each of more servers than anybody registers: those that do not answer must not keep the others waiting. */
const PEER_CALLS = 256;
/** A job under which the process has died this often is likely the reason: from then on it waits between attempts. */
const SUSPICIOUS_DEATHS = 5;

/** With what trace it is a part of, as long as this process knows. */
interface RunningJob extends ClaimedJob {
  readonly context?: TraceContext | undefined;
}

/** Runs jobs in this process: claims rows, keeps their leases alive, writes down how each run ended. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger(JobRunner.name);
  private readonly stopping = new AbortController();
  private readonly timers = new Set<NodeJS.Timeout>();
  private poll: Promise<void> = Promise.resolve();
  /** The wall clock minus the monotonic one at the last poll, in milliseconds. */
  private lead: number | null = null;
  private mendsAtMs: readonly number[] = [];

  constructor(
    private readonly rows: JobRepository,
    private readonly queue: JobQueue,
    private readonly handlers: JobHandlers,
    private readonly config: Config,
    private readonly health: DatabaseHealth,
    private readonly clock: Clock,
  ) {}

  /** Begins to take work. Periodic jobs get their row here if they have none, and are due at once. */
  async start(): Promise<void> {
    await this.handlers.registerPeriodic();
    await this.mendDueTimes();
    const quick = this.config.get('JOB_CONCURRENCY');
    // Large packages hold as many, and a few wait for their place; the others are for small ones.
    const transfer = 2 * this.config.get('TRANSFER_CONCURRENCY') + 2;
    this.queue.consume((id, context) => this.run(id, context), { quick, transfer, peer: PEER_CALLS, listen: LISTENERS });
    this.pollNow();
  }

  /** Signals running jobs to stop, waits for them, claims no more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const timer of this.timers) clearTimeout(timer);
    await this.poll;
    await this.queue.stopConsuming();
  }

  private pollNow(): void {
    this.poll = this.noticeClockSetBack()
      .then(() => this.endLeasesOfTheDead())
      .then(() => this.offerDue())
      .catch((error: unknown) => this.logger.warn(`Due jobs could not be looked up: ${String(error)}`))
      .then(() => this.after(this.config.get('JOB_POLL_MS'), () => this.pollNow()));
  }

  /** The wall clock is compared with the monotonic one: jobs that were postponed by the wrong time are checked again. */
  private async noticeClockSetBack(): Promise<void> {
    const lead = this.clock.now() - performance.now();
    const wasSetBack = this.lead !== null && this.lead - lead > CLOCK_STEP_MS;
    this.lead = lead;
    if (wasSetBack) this.mendsAtMs = MENDS_AFTER_MS.map((delayMs) => performance.now() + delayMs);
    const isDue = this.mendsAtMs.some((atMs) => atMs <= performance.now());
    this.mendsAtMs = this.mendsAtMs.filter((atMs) => atMs > performance.now());
    if (isDue) await this.mendDueTimes();
  }

  /** While the clock was ahead, jobs were put off by that much: to a day that may be far away. */
  private async mendDueTimes(): Promise<void> {
    const now = this.clock.now();
    let mended = 0;
    for (const { name, backoffCapMs, everyMs = 0 } of this.handlers.types) {
      const longestBackoff = now + Math.max(backoffCapMs, everyMs) * 1.2 + CLOCK_STEP_MS;
      mended += await this.rows.bringBack({ type: name, afterMs: longestBackoff, isBackingOff: true }, now);
      const longestDelay = everyMs > 0 ? now + everyMs * 1.2 + CLOCK_STEP_MS : now + LONGEST_DELAY_MS;
      mended += await this.rows.bringBack({ type: name, afterMs: longestDelay, isBackingOff: false }, now);
    }
    if (mended > 0) this.logger.warn(`${mended} jobs had been put off by a clock that was wrong; they are due now.`);
  }

  /** Jobs that a process of this machine held when it was killed resume at once, not when their lease ends. */
  private async endLeasesOfTheDead(): Promise<void> {
    const now = this.clock.now();
    for (const lease of await this.rows.findLeases(now)) {
      if (leaseNames.isOfTheDead(lease)) await this.rows.endLease(lease, now);
    }
  }

  /**
   * Lane by lane: a thousand transfers that wait must not keep quick jobs from being seen. A lane that has offers
   * enough gets no more of them: after a restart the same rows would be offered again with every poll.
   */
  private async offerDue(): Promise<void> {
    if (!this.health.isSound) return;
    for (const lane of jobLanes) {
      if ((await this.queue.waiting(lane)) >= ENOUGH_OFFERS) continue;
      const types = this.handlers.typesIn(lane);
      for (const job of await this.rows.findDue(types, this.clock.now(), POLL_LIMIT)) this.offer(job);
    }
  }

  private offer({ id, type, dueMs, context }: Pick<RunningJob, 'id' | 'type' | 'dueMs' | 'context'>): void {
    const handler = this.handlers.find(type);
    if (handler) this.queue.add({ id, lane: handler.type.lane, dueMs, context });
  }

  private after(delayMs: number, action: () => void): void {
    if (this.stopping.signal.aborted) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      action();
    }, delayMs);
    this.timers.add(timer);
  }

  private async run(id: string, context?: TraceContext): Promise<void> {
    if (this.stopping.signal.aborted || !this.health.isSound) return;
    try {
      const seen = await this.rows.findById(id);
      const handler = seen && this.handlers.find(seen.type);
      if (!seen || !handler || seen.state === 'failed' || seen.dueMs > this.clock.now()) return;
      const lease = leaseNames.next();
      if (!(await this.rows.claim(seen, lease, this.clock.now() + this.config.get('JOB_LEASE_MS')))) return;
      // A job belongs to no request, also when a request of this process created it.
      await withRequestContext({ requestId: `job-${id}`, address: null }, () => this.runClaimed(seen, lease, handler, context));
    } catch (error) {
      // The database was away. The row is as it was, or its lease ends: the poll finds it.
      this.logger.warn(`Could not load or update job: ${String(error)}`);
    }
  }

  private async runClaimed(seen: Job, name: string, handler: JobHandler<unknown>, context: TraceContext | undefined): Promise<void> {
    const job: RunningJob = { ...seen, lease: name, attempts: seen.attempts + 1, context };
    if (seen.state === 'running' && seen.attempts >= SUSPICIOUS_DEATHS) {
      const death = new Error(`The process that ran it ended during attempt ${seen.attempts}.`);
      await this.failed({ ...job, attempts: seen.attempts }, handler.type, death);
      return;
    }
    const lease = new Lease(
      (endsMs) => this.rows.extend(job.id, name, endsMs),
      () => this.clock.now(),
      this.config.get('JOB_LEASE_MS'),
      (error) => this.logger.warn(`The lease of ${job.type} could not be extended: ${String(error)}`),
    );
    try {
      const signal = AbortSignal.any([lease.lost, this.stopping.signal]);
      // Stopped while it was being claimed: a handler that waits for the signal would wait for ever.
      if (signal.aborted) throw new JobInterrupted('The process stops.');
      await traced(spanOf(job), () => handler.run(job.payload, { jobId: job.id, attempt: job.attempts, signal }));
    } catch (error) {
      await this.failed(job, handler.type, error);
      return;
    } finally {
      lease.release();
    }
    jobRuns.inc({ type: job.type, outcome: 'done' });
    await this.settle(job, afterSuccess(handler.type, this.clock.now()));
  }

  private async failed(job: RunningJob, type: JobType<unknown>, error: unknown): Promise<void> {
    const isStop = error instanceof JobInterrupted || this.stopping.signal.aborted;
    const reason = isStop ? new JobInterrupted('The process stops.') : error;
    const outcome = afterFailure(job, type, reason, this.clock.now());
    if (error instanceof JobPostponed) jobRuns.inc({ type: job.type, outcome: 'postponed' });
    else if (!isStop) jobRuns.inc({ type: job.type, outcome: outcome.state === 'failed' ? 'given_up' : 'failed' });
    if (!isStop && !(error instanceof JobPostponed)) {
      const level = outcome.state === 'failed' ? 'error' : 'warn';
      this.logger[level](`${job.type} failed (attempt ${job.attempts}): ${readable(error)}`);
    }
    await this.settle(job, outcome);
    if (outcome.state === 'failed') await this.rows.removeFailedBefore(this.clock.now() - SHOW_FAILED_MS); // so that they never pile up
  }

  private async settle(job: RunningJob, outcome: Outcome): Promise<void> {
    const dueMs = await this.rows.settle(job, outcome, this.clock.now());
    if (dueMs === null) return;
    const delayMs = Math.max(0, dueMs - this.clock.now());
    // Far times are found by the poll; near ones should not wait for it. Timers may be early by a millisecond.
    if (delayMs < 60_000) this.after(delayMs + 1, () => this.offer({ ...job, dueMs }));
  }
}

/** What is promised later or stops with the process is no fault. */
const spanOf = ({ id, type, attempts, context }: RunningJob): SpanStart => ({
  name: `job ${type}`,
  kind: 'job',
  attributes: { 'ods.job.id': id, 'ods.job.attempt': attempts },
  traceContext: context ?? null,
  isFault: (error) => !(error instanceof JobPostponed || error instanceof JobInterrupted),
});
