import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setTimeout as sleep } from 'node:timers/promises';
import { LoginAttempt } from '#libs/entities/login-attempt.entity.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { Database } from '#libs/platform/database/database.js';
import { DatabaseModule } from '#libs/platform/database/database.module.js';
import { JobHandler } from '#libs/platform/jobs/job-handler.js';
import { JobRunner } from '#libs/platform/jobs/job-runner.js';
import { JobsModule } from '#libs/platform/jobs/jobs.module.js';
import { runUntilStopped } from '#libs/platform/process/run-until-stopped.js';
import { PlatformModule } from '#libs/platform/platform.module.js';

/** A worker of its own process for job-outages.spec.ts: notes that it began, then works for a minute without listening to anybody. */
class SlowHandler extends JobHandler<unknown> {
  readonly type = { name: 'test', lane: 'quick', maxAttempts: 3, backoffMs: 20, backoffCapMs: 100 } as const;
  constructor(private readonly db: Database) {
    super();
  }
  async run(): Promise<void> {
    await this.db.manager.insert(LoginAttempt, { id: `begun by ${process.pid}`, failures: 0, lastMs: 0, blockedUntilMs: 0 });
    await sleep(60_000, undefined, { ref: process.argv[2] !== 'idle' });
  }
}

await runUntilStopped(async () => {
  const config = loadConfig();
  const dataSource = await prepareDatabase(config.get('database'));
  class WorkerModule {}
  Module({
    imports: [PlatformModule.forRoot(config), DatabaseModule.forRoot(dataSource), JobsModule.forRoot(config, 'test')],
    providers: [{ provide: SlowHandler, useFactory: (db: Database) => new SlowHandler(db), inject: [Database] }],
  })(WorkerModule);
  const app = await NestFactory.createApplicationContext(WorkerModule, { logger: ['error', 'warn'], abortOnError: false });
  await app.get(JobRunner).start();
  process.stdout.write('ready\n');
  return async () => {
    await app.get(JobRunner).stop();
    await app.close();
  };
});
