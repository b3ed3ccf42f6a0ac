import { Logger } from '@nestjs/common';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { awaitDatabase } from '#libs/migrations/await-database.js';
import { warnOfRedis } from '#libs/platform/jobs/warn-of-redis.js';
import { WaitingRoom } from '#libs/platform/http/waiting-room.js';
import { OdsLogger } from '#libs/platform/logging/ods-logger.js';
import { Shutdown } from '#libs/platform/http/shutdown.js';
import { JobRunner } from '#libs/platform/jobs/job-runner.js';
import { startTracing } from '#libs/platform/tracing/start-tracing.js';
import type { Stop } from '#libs/platform/process/run-until-stopped.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Incarnation } from '#libs/packages/catalog/incarnation.js';
import { DatabaseHealth } from '#libs/platform/database/database-health.js';
import { lockDataDir } from '#libs/platform/process/data-dir-lock.js';
import { makeBackupPlace } from '#libs/maintenance/backup.js';
import { refuseLostDatabase } from '#libs/maintenance/lost-database.js';
import { leaveStopMark, takeStopMark } from '#libs/platform/process/stop-mark.js';
import { StartUpReconciliation } from '#libs/sync/start-up-reconciliation.js';
import type { Config } from '#libs/platform/config/config.js';
import { redirectToHttps } from '#libs/platform/tls/redirect-to-https.js';
import { tlsOf } from '#libs/platform/tls/tls-files.js';
import type { Server } from 'node:http';
import { createApp } from './create-app.js';

/** How often a full disk is checked again, in milliseconds. */
const ROOM_CHECK_MS = 5_000;

/** Starts the web application of one server; answers how to stop it. */
export async function startApi(): Promise<Stop> {
  const config = loadConfig();
  const backupFault = config.runsJobsEmbedded ? makeBackupPlace(config) : null; // else the workers make the backups
  const stopTracing = await startTracing(config, 'api');
  const tls = tlsOf(config);
  const room = new WaitingRoom(tls);
  const place = { room, host: config.get('HOST'), port: config.get('PORT') };
  // Before a file is opened, which changes it; a database server may be waited for, and the mark must outlast that.
  const isFile = config.get('database').kind === 'sqlite';
  const release = isFile ? lockDataDir(config) : () => undefined;
  const ofFile = isFile ? takeStopMark(config) : null;
  const dataSource = await awaitDatabase(config, new OdsLogger(config, 'api'), place);
  await refuseLostDatabase(config, dataSource);
  const found = ofFile ?? takeStopMark(config);
  const app = await createApp(config, dataSource, { tls });
  if (backupFault !== null) new Logger('Backups').warn(backupFault);
  await warnOfRedis(app, 'Leave REDIS_URL out to run jobs inside the server.');
  const health = app.get(DatabaseHealth);
  await health.examine();
  const begin = () => health.tryToWrite(() => app.get(Incarnation).begin(found));
  const hasBegun = health.damage === null && (await begin());
  await room.close();
  await app.listen({ host: config.get('HOST'), port: config.get('PORT') });
  const redirect = await openRedirect(config);
  const runner = app.get(JobRunner);
  const startJobs = async (): Promise<void> => (config.runsJobsEmbedded ? runner.start() : undefined);
  const stopWaiting = hasBegun ? () => undefined : waitForRoom(health, begin, app.get(StartUpReconciliation), startJobs);
  if (hasBegun) await startJobs();
  announce(await app.getUrl(), config.get('generatedKeys') && !config.runsJobsEmbedded);
  return async () => {
    redirect?.close();
    redirect?.closeAllConnections();
    app.get(Shutdown).begin();
    stopWaiting();
    await runner.stop();
    const stopId = await stopIdOf(app);
    await app.close();
    if (stopId !== null) leaveStopMark(config, stopId);
    release();
    await stopTracing();
  };
}

const openRedirect = async (config: Config): Promise<Server | null> => {
  const port = config.get('HTTP_REDIRECT_PORT');
  return port === 0
    ? null
    : redirectToHttps({ host: config.get('HOST'), port, challengeDir: config.get('ACME_CHALLENGE_DIR') }, config.get('PORT'));
};

/** Null when the stop is not clean: the database cannot be written or is damaged. */
async function stopIdOf(app: NestFastifyApplication): Promise<string | null> {
  if (!app.get(DatabaseHealth).isSound) return null;
  try {
    return await app.get(Incarnation).prepareStop();
  } catch (error) {
    new Logger('ODS').warn(`The next start counts as one after a crash: ${String(error)}`);
    return null;
  }
}

/** The disk was full: tries again now and then what the start could not write. Answers how to end that. */
function waitForRoom(
  health: DatabaseHealth,
  begin: () => Promise<boolean>,
  reconciliation: StartUpReconciliation,
  startJobs: () => Promise<void>,
): () => void {
  if (health.damage !== null) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const again = async (): Promise<void> => {
    try {
      if (await begin()) {
        await reconciliation.reconcile();
        await startJobs();
        return;
      }
    } catch (error) {
      new Logger('ODS').error({ msg: 'The start could not be completed; it is tried again.', err: error });
    }
    wait();
  };
  const wait = (): void => void (timer = setTimeout(() => void again(), ROOM_CHECK_MS));
  wait();
  return () => clearTimeout(timer);
}

function announce(url: string, needsKeys: boolean): void {
  const logger = new Logger('ODS');
  logger.log(`Ready. Open ${url.replace('[::]', 'localhost').replace('0.0.0.0', 'localhost')}`);
  if (needsKeys) {
    logger.warn('SECRET_KEY and DATABASE_KEY were generated into DATA_DIR. Every process of this server must be given the same ones.');
  }
}
