import 'reflect-metadata';
import { runUntilStopped } from '#libs/platform/process/run-until-stopped.js';
import { startApi } from './start-api.js';

await runUntilStopped(startApi);
