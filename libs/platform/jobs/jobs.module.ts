import { BullModule, getQueueToken } from '@nestjs/bull';
import { type BeforeApplicationShutdown, type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Config } from '../config/config.js';
import { describeRedis, parseRedisUrl } from '../config/redis-url.js';
import { BullJobQueue, type LaneQueue, type RedisPlace } from './bull-job-queue.js';
import { EmbeddedJobQueue } from './embedded-job-queue.js';
import { JobBatcher } from './job-batcher.js';
import { JobHandlers } from './job-handlers.js';
import { JobQueue } from './job-queue.js';
import { JobRunner } from './job-runner.js';
import { JobRepository } from './job.repository.js';
import { Jobs } from './jobs.js';
import { redisConnection } from './redis-options.js';

const laneQueue = { quick: 'ods-quick', transfer: 'ods-transfer', peer: 'ods-peer', listen: 'ods-listen' } as const;

const queueOnRedis = (place: RedisPlace) => ({
  provide: JobQueue,
  useFactory: (quick: LaneQueue, transfer: LaneQueue, peer: LaneQueue, listen: LaneQueue) =>
    new BullJobQueue({ quick, transfer, peer, listen }, place),
  inject: [laneQueue.quick, laneQueue.transfer, laneQueue.peer, laneQueue.listen].map((name) => getQueueToken(name)),
});

const embeddedQueue = { provide: JobQueue, useFactory: () => new EmbeddedJobQueue() };

/**
 * The job table and its messenger: Bull when REDIS_URL is set, this process when not. A worker of another server on the same Redis would take an
 * offer, find no such row, and leave it to the next poll.
 */
@Module({})
export class JobsModule implements BeforeApplicationShutdown {
  constructor(private readonly queue: JobQueue) {}

  static forRoot(config: Config, iss: string): DynamicModule {
    const url = config.get('REDIS_URL');
    const redis = url === null ? null : redisConnection(url, iss);
    const bull =
      redis === null
        ? []
        : [BullModule.forRoot(redis.options), BullModule.registerQueue(...Object.values(laneQueue).map((name) => ({ name })))];
    return {
      module: JobsModule,
      global: true,
      imports: [DiscoveryModule, ...bull],
      providers: [
        redis === null ? embeddedQueue : queueOnRedis({ name: describeRedis(parseRedisUrl(url!)), connections: redis.own }),
        JobRepository,
        Jobs,
        JobBatcher,
        JobHandlers,
        JobRunner,
      ],
      exports: [Jobs, JobBatcher, JobRunner, JobQueue, JobRepository],
    };
  }

  /** Before Nest closes Bull's queues in its own way, which waits for a Redis that may be away. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.queue.close();
  }
}
