import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '#libs/platform/config/config.js';
import type { DataSource } from '#libs/platform/database/data-source.js';
import { DatabaseModule } from '#libs/platform/database/database.module.js';
import { HealthController } from '#libs/platform/http/health.controller.js';
import { Readiness } from '#libs/platform/http/readiness.js';
import { JobsModule } from '#libs/platform/jobs/jobs.module.js';
import { PlatformModule } from '#libs/platform/platform.module.js';
import { jobModules } from '#libs/job-modules.js';
import { httpModules } from './http-modules.js';

/** The web application: every feature's HTTP door, and its job handlers when no Redis carries them to a worker. */
@Module({})
export class AppModule {
  static forRoot(config: Config, dataSource: DataSource, iss: string): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(config),
        DatabaseModule.forRoot(dataSource),
        JobsModule.forRoot(config, iss),
        ...httpModules,
        ...(config.runsJobsEmbedded ? jobModules : []),
      ],
      controllers: [HealthController],
      providers: [Readiness],
    };
  }
}
