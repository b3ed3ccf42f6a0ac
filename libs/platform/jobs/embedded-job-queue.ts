import { AsyncResource } from 'node:async_hooks';
import type { TraceContext } from '../tracing/spans.js';
import { JobQueue, type JobOffer, type RunOffer } from './job-queue.js';
import { jobLanes, type JobLane } from './job-type.js';

interface Consumer {
  readonly run: RunOffer;
  readonly concurrency: Readonly<Record<JobLane, number>>;
}

/** Offers stay in this process: single-server installs, and tests. */
export class EmbeddedJobQueue extends JobQueue {
  private readonly offers: Record<JobLane, Map<string, TraceContext | undefined>> = {
    quick: new Map(),
    transfer: new Map(),
    peer: new Map(),
    listen: new Map(),
  };
  private readonly running: Record<JobLane, Set<Promise<void>>> = {
    quick: new Set(),
    transfer: new Set(),
    peer: new Set(),
    listen: new Set(),
  };
  private consumer: Consumer | undefined;

  add({ id, lane, context }: JobOffer): void {
    this.offers[lane].set(id, context ?? this.offers[lane].get(id)); // the poll of the job table knows no context
    this.startNext(lane);
  }

  consume(run: Consumer['run'], concurrency: Consumer['concurrency']): void {
    // Bound to the context of the start: a job belongs to no request, also when a request's offer starts it.
    this.consumer = { run: AsyncResource.bind(run), concurrency };
    for (const lane of jobLanes) this.startNext(lane);
  }

  get brokenSinceMs(): null {
    return null;
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
      const [id, context] = next;
      offers.delete(id);
      // A failed run is already written to its row by the runner.
      const settled: Promise<void> = consumer.run(id, context).then(
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
