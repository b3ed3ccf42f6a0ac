import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '#libs/platform/config/config.js';
import type { DataSource } from '#libs/platform/database/data-source.js';
import { DatabaseModule } from '#libs/platform/database/database.module.js';
import { Readiness } from '#libs/platform/http/readiness.js';
import { JobsModule } from '#libs/platform/jobs/jobs.module.js';
import { PlatformModule } from '#libs/platform/platform.module.js';
import { jobModules } from '#libs/job-modules.js';
import { WorkerHealthServer } from './worker-health-server.js';

/** The worker: every feature's job handlers, fed by Bull. */
@Module({})
export class WorkerModule {
  static forRoot(config: Config, dataSource: DataSource, iss: string): DynamicModule {
    return {
      module: WorkerModule,
      imports: [PlatformModule.forRoot(config), DatabaseModule.forRoot(dataSource), JobsModule.forRoot(config, iss), ...jobModules],
      providers: [Readiness, WorkerHealthServer],
    };
  }
}
