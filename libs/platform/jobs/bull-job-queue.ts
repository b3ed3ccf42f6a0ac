import { Logger } from '@nestjs/common';
import type { Queue, QueueOptions } from 'bull';
import { JobQueue, type JobOffer } from './job-queue.js';
import { jobLanes, type JobLane } from './job-type.js';

type Message = Pick<JobOffer, 'id'>;
export type LaneQueue = Queue<Message>;
export type RedisOptions = Exclude<NonNullable<QueueOptions['redis']>, string>;
export type LaneQueues = Readonly<Record<JobLane, LaneQueue>>;

/** Offers go through Redis to whichever worker is free. */
export class BullJobQueue extends JobQueue {
  private readonly logger = new Logger(BullJobQueue.name);
  private readonly warn = (error: unknown) => this.logger.warn(`Redis: ${String(error)}`);
  private closing: Promise<void> | undefined;

  constructor(private readonly queues: LaneQueues) {
    super();
    for (const lane of jobLanes) queues[lane].on('error', this.warn);
  }

  add({ id, lane, dueMs }: JobOffer): void {
    const queue = this.queues[lane];
    // Not ready: the poll of the job table will offer it again.
    if (this.closing || queue.client.status !== 'ready') return;
    const options = { jobId: `${id}:${dueMs}`, removeOnComplete: true, removeOnFail: true };
    queue.add({ id }, options).catch(this.warn);
  }

  consume(run: (id: string) => Promise<void>, concurrency: Readonly<Record<JobLane, number>>): void {
    for (const lane of jobLanes) {
      this.queues[lane].process(concurrency[lane], ({ data }) => run(data.id)).catch(this.warn);
    }
  }

  async stopConsuming(): Promise<void> {
    await Promise.all(jobLanes.map((lane) => this.queues[lane].pause(true, false).catch(this.warn)));
  }

  async close(): Promise<void> {
    this.closing ??= Promise.all(jobLanes.map((lane) => this.queues[lane].close())).then(() => undefined);
    await this.closing.catch(this.warn);
  }

  async fault(): Promise<string | null> {
    try {
      await this.queues.quick.client.ping();
      return null;
    } catch (error) {
      return `Redis does not answer: ${String(error)}`;
    }
  }
}
