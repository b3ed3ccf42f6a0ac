import { AsyncResource } from 'node:async_hooks';
import type { Cause } from '../tracing/spans.js';
import { JobQueue, type JobOffer, type RunOffer } from './job-queue.js';
import { jobLanes, type JobLane } from './job-type.js';

interface Consumer {
  readonly run: RunOffer;
  readonly concurrency: Readonly<Record<JobLane, number>>;
}

/** Offers stay in this process: single-server installs, and tests. */
export class EmbeddedJobQueue extends JobQueue {
  private readonly offers: Record<JobLane, Map<string, Cause | undefined>> = { quick: new Map(), transfer: new Map(), listen: new Map() };
  private readonly running: Record<JobLane, Set<Promise<void>>> = { quick: new Set(), transfer: new Set(), listen: new Set() };
  private consumer: Consumer | undefined;

  add({ id, lane, cause }: JobOffer): void {
    this.offers[lane].set(id, cause ?? this.offers[lane].get(id)); // the poll of the job table knows no cause
    this.startNext(lane);
  }

  consume(run: Consumer['run'], concurrency: Consumer['concurrency']): void {
    // Bound to the context of the start: a job is nobody's request, whoever's offer makes room for it.
    this.consumer = { run: AsyncResource.bind(run), concurrency };
    for (const lane of jobLanes) this.startNext(lane);
  }

  waiting(lane: JobLane): Promise<number> {
    return Promise.resolve(this.offers[lane].size);
  }

  async stopConsuming(): Promise<void> {
    this.consumer = undefined; // offers that wait keep their rows
    await Promise.all(jobLanes.flatMap((lane) => [...this.running[lane]]));
  }

  async close(): Promise<void> {
    await this.stopConsuming();
  }

  fault(): Promise<null> {
    return Promise.resolve(null);
  }

  private startNext(lane: JobLane): void {
    const { consumer } = this;
    const running = this.running[lane];
    const offers = this.offers[lane];
    while (consumer && running.size < consumer.concurrency[lane]) {
      const [next] = offers;
      if (next === undefined) return;
      const [id, cause] = next;
      offers.delete(id);
      // A failed run is already written to its row by the runner.
      const settled: Promise<void> = consumer.run(id, cause).then(
        () => this.ended(lane, settled),
        () => this.ended(lane, settled),
      );
      running.add(settled);
    }
  }

  private ended(lane: JobLane, settled: Promise<void>): void {
    this.running[lane].delete(settled);
    this.startNext(lane);
  }
}
