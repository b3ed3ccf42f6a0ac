import { type INestApplicationContext, type LoggerService, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { Job } from '#libs/entities/job.entity.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { newHexId } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { DatabaseModule } from '#libs/platform/database/database.module.js';
import { type JobContext, JobHandler } from '#libs/platform/jobs/job-handler.js';
import { JobQueue } from '#libs/platform/jobs/job-queue.js';
import { JobRunner } from '#libs/platform/jobs/job-runner.js';
import type { JobType } from '#libs/platform/jobs/job-type.js';
import { JobRepository } from '#libs/platform/jobs/job.repository.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { JobsModule } from '#libs/platform/jobs/jobs.module.js';
import { PlatformModule } from '#libs/platform/platform.module.js';
import { createDatabase, type DatabaseKind, dropDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { scratchDir, type Service, startRedis } from '../support/services.js';
import type { QueueKind } from './queues.js';

/** Intervals short enough to be waited for. */
export const quickly = { JOB_POLL_MS: '50', JOB_LEASE_MS: '600', JOB_CONCURRENCY: '4', TRANSFER_CONCURRENCY: '1' };

export type Run = (payload: never, context: JobContext) => Promise<void>;

/** A type of job with short waits; override what matters. */
export const aJobType = (name: string, overrides: Partial<JobType<never>> = {}): JobType<never> => ({
  name,
  lane: 'quick',
  maxAttempts: 3,
  backoffMs: 20,
  backoffCapMs: 100,
  ...overrides,
});

export function handlerOf(type: JobType<never>, run: Run): JobHandler<unknown> {
  class TestHandler extends JobHandler<unknown> {
    readonly type = type as JobType<unknown>;
    override run = run as (payload: unknown, context: JobContext) => Promise<void>;
  }
  return new TestHandler();
}

/** One process that promises and runs jobs, wired as the worker and the API are. */
export class TestNode {
  constructor(
    private readonly app: INestApplicationContext,
    readonly dataSource: DataSource,
  ) {}

  get jobs(): Jobs {
    return this.app.get(Jobs);
  }
  get db(): Database {
    return this.app.get(Database);
  }
  get rows(): JobRepository {
    return this.app.get(JobRepository);
  }
  get runner(): JobRunner {
    return this.app.get(JobRunner);
  }
  get queue(): JobQueue {
    return this.app.get(JobQueue);
  }

  async stop(): Promise<void> {
    await this.runner.stop();
    await this.app.close();
  }
}

/** What the log said, so that a test can look and its output stays readable. */
export class QuietLogger implements LoggerService {
  readonly lines: string[] = [];
  private readonly note = (message: unknown): void => void this.lines.push(typeof message === 'string' ? message : JSON.stringify(message));
  log = this.note;
  error = this.note;
  warn = this.note;
  debug = this.note;
}

/** A database and a queue that any number of nodes share. */
export class JobWorld {
  readonly log = new QuietLogger();
  private readonly nodes = new Set<TestNode>();

  private constructor(
    readonly databaseKind: DatabaseKind,
    readonly url: string,
    readonly redis: Service | null,
    private readonly iss: string,
    private readonly ownsRedis: boolean,
  ) {}

  static async open(queueKind: QueueKind, databaseKind: DatabaseKind): Promise<JobWorld> {
    const [url, redis] = await Promise.all([createDatabase(databaseKind), queueKind === 'bull' ? startRedis() : null]);
    return new JobWorld(databaseKind, url, redis, newHexId(), true);
  }

  /** Another server, with a database of its own on the same Redis. */
  async neighbour(): Promise<JobWorld> {
    return new JobWorld(this.databaseKind, await createDatabase(this.databaseKind), this.redis, newHexId(), false);
  }

  get env(): Record<string, string> {
    const redis: Record<string, string> = this.redis === null ? {} : { REDIS_URL: this.redis.url };
    return { ...quickly, DATABASE_URL: this.url, DATA_DIR: scratchDir('jobs'), LOG_FORMAT: 'json', ...redis };
  }

  /** A node that runs jobs with these handlers, or only promises them when it is not started. */
  async node(
    handlers: readonly JobHandler<unknown>[],
    { start = true, env = {} }: { start?: boolean; env?: Record<string, string> } = {},
  ): Promise<TestNode> {
    const config = loadConfig({ ...this.env, ...env });
    const dataSource = await prepareDatabase(config.get('database'));
    const providers = handlers.map((handler) => ({ provide: Symbol(handler.type.name), useValue: handler }));
    const module = {
      module: class TestModule {},
      imports: [PlatformModule.forRoot(config), DatabaseModule.forRoot(dataSource), JobsModule.forRoot(config, this.iss)],
      providers,
    };
    Module({})(module.module);
    try {
      const app = await NestFactory.createApplicationContext(module, { logger: this.log, abortOnError: false });
      const node = new TestNode(app, dataSource);
      this.nodes.add(node);
      await eventually(async () => {
        const fault = await node.queue.fault(); // a cluster is found out about first
        if (fault !== null) throw new Error(fault);
      });
      if (start) await node.runner.start();
      return node;
    } catch (error) {
      if (dataSource.isInitialized) await dataSource.destroy();
      throw error;
    }
  }

  /** Every row, as it is. */
  async rows(node: TestNode): Promise<Job[]> {
    return node.db.manager.find(Job, { order: { createdMs: 'ASC' } });
  }

  /** Ends the nodes of a test and forgets their jobs. */
  async clear(): Promise<void> {
    await Promise.all([...this.nodes].map((node) => node.stop()));
    this.nodes.clear();
    const cleaner = await prepareDatabase(loadConfig(this.env).get('database'));
    await cleaner.manager.clear(Job);
    await cleaner.destroy();
  }

  async close(): Promise<void> {
    await this.clear();
    if (this.ownsRedis) await this.redis?.dispose();
    await dropDatabase(this.databaseKind, this.url);
  }
}
