import { BullModule, getQueueToken } from '@nestjs/bull';
import { type BeforeApplicationShutdown, type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Config } from '../config/config.js';
import { BullJobQueue, type LaneQueue } from './bull-job-queue.js';
import { EmbeddedJobQueue } from './embedded-job-queue.js';
import { JobBatcher } from './job-batcher.js';
import { JobHandlers } from './job-handlers.js';
import { JobQueue } from './job-queue.js';
import { JobRunner } from './job-runner.js';
import { JobRepository } from './job.repository.js';
import { Jobs } from './jobs.js';
import { redisOptions } from './redis-options.js';

const laneQueue = { quick: 'ods-quick', transfer: 'ods-transfer', peer: 'ods-peer', listen: 'ods-listen' } as const;

const bullQueue = {
  provide: JobQueue,
  useFactory: (quick: LaneQueue, transfer: LaneQueue, peer: LaneQueue, listen: LaneQueue) =>
    new BullJobQueue({ quick, transfer, peer, listen }),
  inject: [laneQueue.quick, laneQueue.transfer, laneQueue.peer, laneQueue.listen].map((name) => getQueueToken(name)),
};

/**
 * The job table and its messenger: Bull when REDIS_URL is set, this process when not. A Redis may serve several servers, so queues are named after
 * theirs: a worker of another one would take an offer, find no such row, and leave it to the next poll.
 */
@Module({})
export class JobsModule implements BeforeApplicationShutdown {
  constructor(private readonly queue: JobQueue) {}

  static forRoot(config: Config, iss: string): DynamicModule {
    const url = config.get('REDIS_URL');
    const bull =
      url === null
        ? []
        : [
            BullModule.forRoot({ redis: redisOptions(url), prefix: `ods:${iss}` }),
            BullModule.registerQueue(...Object.values(laneQueue).map((name) => ({ name }))),
          ];
    return {
      module: JobsModule,
      global: true,
      imports: [DiscoveryModule, ...bull],
      providers: [
        url === null ? { provide: JobQueue, useFactory: () => new EmbeddedJobQueue() } : bullQueue,
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
