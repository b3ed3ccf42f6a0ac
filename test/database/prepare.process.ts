import 'reflect-metadata';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import { loadConfig } from '#libs/platform/config/load-config.js';

/** One of several replicas that start at once (migrations.spec.ts). Waits for the common moment, then prepares. */
const moment = Number(process.argv[2]);
const { setTimeout: sleep } = await import('node:timers/promises');
const settings = loadConfig().get('database');
await sleep(Math.max(0, moment - Date.now()));
const dataSource = await prepareDatabase(settings);
const migrations = (await dataSource.query('SELECT name FROM migrations')) as unknown[];
await dataSource.destroy();
process.stdout.write(`prepared ${migrations.length}`);
