import 'reflect-metadata';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareDatabase } from '#libs/migrations/prepare-database.js';
import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { LoginAttempt } from '#libs/entities/login-attempt.entity.js';
import { loadConfig } from '#libs/platform/config/load-config.js';
import { Database } from '#libs/platform/database/database.js';

/** The API or the worker of sqlite-processes.spec.ts: many transactions, some at once, on a file that the other one writes too. */
const [name, count, parallel] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const dataSource = await prepareDatabase(loadConfig().get('database'));
const db = new Database(dataSource);

async function once(index: number): Promise<void> {
  await db.transaction(async () => {
    const clock = await db.manager.findOneByOrFail(CatalogClock, { id: 1 });
    await sleep(1); // a deferred BEGIN would lose its snapshot here
    await db.manager.update(CatalogClock, { id: 1 }, { seq: clock.seq + 1 });
    await db.manager.insert(LoginAttempt, { id: `${name} ${index}`, failures: 0, lastMs: 0, blockedUntilMs: 0 });
  });
  await db.manager.update(LoginAttempt, { id: `${name} ${index}` }, { failures: 1 }); // and a lone statement
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
let next = 0;
await Promise.all(
  Array.from({ length: parallel }, async () => {
    while (next < count) await once(next++);
  }),
);
await dataSource.destroy();
process.stdout.write(JSON.stringify({ name, longestStallMs: Math.round(delay.max / 1e6) }));
