import 'reflect-metadata';
import { runUntilStopped } from '#libs/platform/process/run-until-stopped.js';
import { startWorker } from './start-worker.js';

await runUntilStopped(startWorker);
