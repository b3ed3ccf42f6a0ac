import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { awaitDatabase } from '#libs/migrations/await-database.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { Shutdown } from '#libs/platform/http/shutdown.js';
import { warnOfRedis } from '#libs/platform/jobs/warn-of-redis.js';
import { WaitingRoom } from '#libs/platform/http/waiting-room.js';
import { JobRunner } from '#libs/platform/jobs/job-runner.js';
import { OdsLogger } from '#libs/platform/logging/ods-logger.js';
import { startTracing } from '#libs/platform/tracing/start-tracing.js';
import { identify } from '#libs/about/identify.js';
import { makeBackupPlace } from '#libs/maintenance/backup.js';
import { refuseLostDatabase } from '#libs/maintenance/lost-database.js';
import { takeStopMark } from '#libs/platform/process/stop-mark.js';
import type { Stop } from '#libs/platform/process/run-until-stopped.js';
import { WorkerHealthServer } from './worker-health-server.js';
import { WorkerModule } from './worker.module.js';

/** Starts a worker; answers how to stop it. */
export async function startWorker(): Promise<Stop> {
  const config = loadConfig();
  if (config.runsJobsEmbedded) {
    throw new Error('A worker needs REDIS_URL; without Redis the server runs the jobs itself and no worker is needed.');
  }
  const backupFault = makeBackupPlace(config);
  // What it writes may be lost with the power although the web application has stopped cleanly.
  if (config.get('database').kind === 'sqlite') takeStopMark(config);
  const stopTracing = await startTracing(config, 'worker');
  const room = new WaitingRoom();
  const place = { room, host: config.get('HOST'), port: config.get('WORKER_PORT') || null };
  const dataSource = await awaitDatabase(config, new OdsLogger(config, 'worker'), place);
  await refuseLostDatabase(config, dataSource);
  const module = WorkerModule.forRoot(config, dataSource, await identify(config, dataSource));
  const app = await NestFactory.createApplicationContext(module, {
    logger: new OdsLogger(config, 'worker'),
    abortOnError: false,
  });
  if (backupFault !== null) new Logger('Backups').warn(backupFault);
  await warnOfRedis(app);
  const runner = app.get(JobRunner);
  const door = app.get(WorkerHealthServer);
  await room.close();
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
