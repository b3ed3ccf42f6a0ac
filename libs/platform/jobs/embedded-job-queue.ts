import { AsyncResource } from 'node:async_hooks';
import { JobQueue, type JobOffer } from './job-queue.js';
import { jobLanes, type JobLane } from './job-type.js';

interface Consumer {
  readonly run: (id: string) => Promise<void>;
  readonly concurrency: Readonly<Record<JobLane, number>>;
}

/** Offers stay in this process: single-server installs, and tests. */
export class EmbeddedJobQueue extends JobQueue {
  private readonly offers: Record<JobLane, Set<string>> = { quick: new Set(), transfer: new Set(), listen: new Set() };
  private readonly running: Record<JobLane, Set<Promise<void>>> = { quick: new Set(), transfer: new Set(), listen: new Set() };
  private consumer: Consumer | undefined;

  add({ id, lane }: JobOffer): void {
    this.offers[lane].add(id);
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
      const [id] = offers;
      if (id === undefined) return;
      offers.delete(id);
      // A failed run is already written to its row by the runner.
      const settled: Promise<void> = consumer.run(id).then(
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
