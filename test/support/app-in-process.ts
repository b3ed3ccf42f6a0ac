import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../apps/api/src/create-app.js';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import type { Config } from '#libs/platform/config/config.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { Shutdown } from '#libs/platform/http/shutdown.js';
import { JobRunner } from '#libs/platform/jobs/job-runner.js';

/** A real application in the process of the test: its own port, and its own scratch data unless it shares another's. */
export interface AppInProcess {
  readonly app: NestFastifyApplication;
  readonly config: Config;
  readonly url: string;
  /** Give it to another one to make a replica. */
  readonly dataDir: string;
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs jobs too, as the server does without Redis. */
  readonly withJobs?: boolean;
  /** Any free one when not given. */
  readonly port?: number;
}

export async function startApp({ dataDir: shared, env = {}, withJobs = false, port = 0 }: AppOptions = {}): Promise<AppInProcess> {
  const dataDir = shared ?? mkdtempSync(path.join(tmpdir(), 'ods-app-'));
  const config = loadConfig({
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_FORMAT: 'json',
    ...env,
  });
  const app = await createApp(config, await prepareDatabase(config.get('database')));
  await app.listen({ host: '127.0.0.1', port });
  const runner = app.get(JobRunner);
  if (withJobs) await runner.start();
  return {
    app,
    config,
    dataDir,
    url: await app.getUrl(),
    stop: async () => {
      app.get(Shutdown).begin(); // as a server does: it ends streams of events
      await runner.stop();
      await app.close();
      if (shared === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
