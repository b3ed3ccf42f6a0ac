import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Job, Queue, QueueOptions } from 'bull';
import { JobQueue, type JobOffer, type RunOffer } from './job-queue.js';
import { jobLanes, type JobLane } from './job-type.js';

type Message = Pick<JobOffer, 'id' | 'context'>;
type Offer = Job<Partial<Message>>;
export type LaneQueue = Queue<Partial<Message>>;
/** How Bull reaches Redis, and what its keys begin with. */
export type QueueConnection = Pick<QueueOptions, 'redis' | 'createClient' | 'prefix'>;

/** What Bull calls a connection. */
interface Connection {
  readonly status: string;
  disconnect(): void;
}

/** The Redis of these queues. */
export interface RedisPlace {
  /** For people: `Redis at HOST:PORT`. */
  readonly name: string;
  /** Those that Bull was given and does not end; they come while it works. */
  readonly connections: readonly Connection[];
}

export type LaneQueues = Readonly<Record<JobLane, LaneQueue>>;

const LEAVES_NOTHING = { removeOnComplete: true, removeOnFail: true } as const;

/**
 * An offer is known by its name while Redis has it: the same again is passed over. Redis may forget where it stood and keep
 * the name, so that a row that is still due gets a new one in this time.
 */
const NAME_HOLDS_MS = 5_000;

/** How long Redis may take for a question, or to let go: a stop must not hang on it. */
const PATIENCE_MS = 2_000;
/** An outage of hours is logged once in this time, not with every attempt to connect. */
const WARN_EVERY_MS = 60_000;

/** Offers go through Redis to whichever worker is free. */
export class BullJobQueue extends JobQueue {
  private readonly logger = new Logger(BullJobQueue.name);
  private readonly running = new Set<Promise<void>>();
  private isStopping = false;
  private closing: Promise<void> | undefined;
  private warnedMs = -Infinity;
  private connectionError: Error | undefined;
  private brokenMs: number | null = null;

  constructor(
    private readonly queues: LaneQueues,
    private readonly redis: RedisPlace,
  ) {
    super();
    for (const queue of this.all) {
      leaveUnnamed(queue);
      closeOnlyBy(() => this.close(), queue);
      queue.on('error', this.warn);
      queue.client.on('error', (error: Error) => {
        this.connectionError = error;
        this.brokenMs ??= Date.now();
      });
      queue.client.on('ready', () => {
        this.connectionError = undefined;
        this.brokenMs = null;
      });
    }
  }

  add({ id, lane, dueMs, context }: JobOffer): void {
    const queue = this.queues[lane];
    // Not ready: the poll of the job table will offer it again.
    if (this.closing || queue.client.status !== 'ready') return;
    const named = { ...LEAVES_NOTHING, jobId: `${id}:${dueMs}:${Math.floor(Date.now() / NAME_HOLDS_MS)}` };
    queue.add({ id, ...(context ? { context } : {}) }, named).catch(this.warn);
  }

  consume(run: RunOffer, concurrency: Readonly<Record<JobLane, number>>): void {
    for (const lane of jobLanes) {
      this.queues[lane].process(concurrency[lane], (offer) => this.take(offer, run)).catch(this.warn);
    }
  }

  async waiting(lane: JobLane): Promise<number> {
    const queue = this.queues[lane];
    if (this.closing || queue.client.status !== 'ready') return 0;
    return within(PATIENCE_MS, queue.getWaitingCount()).catch((error: unknown) => {
      this.warn(error);
      return 0;
    });
  }

  async stopConsuming(): Promise<void> {
    this.isStopping = true;
    // Bull itself waits for Redis here, which may be away: what runs is counted by this class.
    await within(PATIENCE_MS, Promise.all(this.all.map((queue) => queue.pause(true, true)))).catch(this.warn);
    await Promise.allSettled(this.running);
  }

  async close(): Promise<void> {
    this.closing ??= this.disconnect();
    await this.closing;
  }

  async fault(): Promise<string | null> {
    try {
      await within(PATIENCE_MS, Promise.all(this.all.map(({ client }) => client.ping())));
      return null;
    } catch (error) {
      // ioredis reports of a call only that it gave up; the cause came with the connection.
      return `${this.redis.name} does not answer: ${(this.connectionError ?? (error as Error)).message}.`;
    }
  }

  get brokenSinceMs(): number | null {
    return this.brokenMs;
  }

  private get all(): LaneQueue[] {
    return jobLanes.map((lane) => this.queues[lane]);
  }

  private async take({ opts, data }: Offer, run: RunOffer): Promise<void> {
    Object.assign(opts, LEAVES_NOTHING); // they are forgotten with the rest
    const { id, context } = data;
    // The row stays due: for another process, or when Redis forgot the offer after Bull had taken its name.
    if (this.isStopping || id === undefined) return;
    const running = run(id, context).finally(() => this.running.delete(running));
    this.running.add(running);
    await running;
  }

  private async disconnect(): Promise<void> {
    // When asked to wait for its jobs while Redis is away, Bull leaves a rejection unhandled, which ends the process.
    const isAway = this.connections.some(({ status }) => status !== 'ready');
    try {
      await within(PATIENCE_MS, Promise.all(this.all.map((queue) => queue.close(isAway))));
      this.redis.connections.forEach((connection) => connection.disconnect());
    } catch {
      this.connections.forEach((connection) => connection.disconnect()); // Bull would wait until Redis is back
    }
  }

  private get connections(): Connection[] {
    return [...this.all.flatMap(connectionsOf), ...this.redis.connections];
  }

  private readonly warn = (error: unknown): void => {
    if (performance.now() - this.warnedMs < WARN_EVERY_MS) return;
    this.warnedMs = performance.now();
    this.logger.warn(`Redis: ${String(error)}. Until it answers, jobs are found in the database.`);
  };
}

/** All connections of a queue: for commands, for events, for waiting. Bull keeps them in a member that it does not declare. */
const connectionsOf = (queue: LaneQueue): Connection[] => (queue as unknown as { clients: Connection[] }).clients;

/**
 * Bull names its connections for people who look into Redis, and handles no failure of that: closed at that moment, an
 * unhandled rejection would end the process.
 */
function leaveUnnamed(queue: LaneQueue): void {
  queue.setWorkerName = () => Promise.resolve();
}

/** @nestjs/bull closes a queue at the shutdown without a time limit, and Bull waits for a Redis that does not answer for good. */
function closeOnlyBy(close: () => Promise<void>, queue: LaneQueue): void {
  (queue as LaneQueue & Partial<OnApplicationShutdown>).onApplicationShutdown = close;
}

/** What `work` answers; an Error when that takes too long. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
