import { Logger } from '@nestjs/common';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import { Shutdown } from '#libs/platform/http/shutdown.js';
import { JobQueue } from '#libs/platform/jobs/job-queue.js';
import { JobRunner } from '#libs/platform/jobs/job-runner.js';
import { startTracing } from '#libs/platform/tracing/start-tracing.js';
import type { Stop } from '#libs/platform/process/run-until-stopped.js';
import { createApp } from './create-app.js';

/** Starts the web application of one server; answers how to stop it. */
export async function startApi(): Promise<Stop> {
  const config = loadConfig();
  const stopTracing = await startTracing(config, 'api');
  const app = await createApp(config, await prepareDatabase(config.get('database')));
  const fault = await app.get(JobQueue).fault();
  if (fault !== null) {
    await app.close();
    throw new Error(`${fault} Check REDIS_URL, or leave it out to run jobs inside the server.`);
  }
  await app.listen({ host: config.get('HOST'), port: config.get('PORT') });
  const runner = app.get(JobRunner);
  if (config.runsJobsEmbedded) await runner.start();
  announce(await app.getUrl(), config.get('generatedKeys') && !config.runsJobsEmbedded);
  return async () => {
    app.get(Shutdown).begin();
    await runner.stop();
    await app.close();
    await stopTracing();
  };
}

function announce(url: string, needsKeys: boolean): void {
  const logger = new Logger('ODS');
  logger.log(`Ready. Open ${url.replace('[::]', 'localhost').replace('0.0.0.0', 'localhost')}`);
  if (needsKeys) {
    logger.warn('SECRET_KEY and DATABASE_KEY were generated into DATA_DIR. Every process of this server must be given the same ones.');
  }
}
