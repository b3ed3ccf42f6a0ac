import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { identify } from '#libs/about/identify.js';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import { Catalog } from '#libs/packages/catalog/catalog.js';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { OwnClock } from '#libs/peers/clocks/own-clock.js';
import { Clock } from '#libs/platform/clock.js';
import type { Config } from '#libs/platform/config/config.js';
import { Database } from '#libs/platform/database/database.js';
import type { DataSource } from '#libs/platform/database/data-source.js';
import { DatabaseModule } from '#libs/platform/database/database.module.js';
import { JobsModule } from '#libs/platform/jobs/jobs.module.js';
import { PlatformModule } from '#libs/platform/platform.module.js';
import { MAX_AHEAD_MS } from '#libs/replication/stamp.js';

const BATCH = 200;

/** The catalog without its doors. */
@Module({})
class CatalogOnly {
  static forRoot(config: Config, dataSource: DataSource, iss: string): DynamicModule {
    const platform = [PlatformModule.forRoot(config), DatabaseModule.forRoot(dataSource), JobsModule.forRoot(config, iss)];
    return { module: CatalogOnly, imports: [...platform, PackagesModule] };
  }
}

/**
 * A clock that was ahead has stamped packages with a time that is still to come; other servers refuse them. Gives those of this server a
 * stamp of now. Throws OwnClockAhead while the clock is still ahead of the registered servers. The data source is closed afterwards.
 */
export async function resetClock(config: Config, dataSource: DataSource): Promise<{ packages: number; nowMs: number }> {
  const app = await NestFactory.createApplicationContext(CatalogOnly.forRoot(config, dataSource, await identify(config, dataSource)), {
    logger: ['error'],
    abortOnError: false,
  });
  try {
    await app.get(OwnClock).requireRight();
    const nowMs = app.get(Clock).now();
    const latestMs = (await app.get(OwnClock).latestStampMs()) ?? nowMs + MAX_AHEAD_MS;
    const catalog = app.get(Catalog);
    let packages = 0;
    for (let count = BATCH; count === BATCH; packages += count) {
      count = await app.get(Database).transaction(async () => {
        const restamped = await catalog.restamp(latestMs, BATCH);
        const details = { packages: restamped, now: new Date(nowMs).toISOString(), by: 'ods-admin' };
        await app.get(AuditTrail).record({ action: 'server.clock_reset', details });
        return restamped;
      });
    }
    return { packages, nowMs };
  } finally {
    await app.close();
  }
}
