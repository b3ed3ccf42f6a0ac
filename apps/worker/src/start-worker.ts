import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { Shutdown } from '#libs/platform/http/shutdown.js';
import { JobQueue } from '#libs/platform/jobs/job-queue.js';
import { JobRunner } from '#libs/platform/jobs/job-runner.js';
import { OdsLogger } from '#libs/platform/logging/ods-logger.js';
import { startTracing } from '#libs/platform/tracing/start-tracing.js';
import type { Stop } from '#libs/platform/process/run-until-stopped.js';
import { WorkerDoor } from './worker-door.js';
import { WorkerModule } from './worker.module.js';

/** Starts a worker; answers how to stop it. */
export async function startWorker(): Promise<Stop> {
  const config = loadConfig();
  if (config.runsJobsEmbedded) {
    throw new Error('A worker needs REDIS_URL; without Redis the server runs the jobs itself and no worker is needed.');
  }
  const stopTracing = await startTracing(config, 'worker');
  const module = WorkerModule.forRoot(config, await prepareDatabase(config.get('database')));
  const app = await NestFactory.createApplicationContext(module, {
    logger: new OdsLogger(config, 'worker'),
    abortOnError: false,
  });
  const fault = await app.get(JobQueue).fault();
  if (fault !== null) {
    await app.close();
    throw new Error(`${fault} Check REDIS_URL.`);
  }
  const runner = app.get(JobRunner);
  const door = app.get(WorkerDoor);
  await door.open(config.get('HOST'), config.get('WORKER_PORT'));
  await runner.start();
  new Logger('ODS').log('Worker ready.');
  return async () => {
    app.get(Shutdown).begin();
    await runner.stop();
    await door.close();
    await app.close();
    await stopTracing();
  };
}
