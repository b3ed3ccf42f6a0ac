import { Module } from '@nestjs/common';
import { JamfModule } from '#libs/jamf/jamf.module.js';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { ApplyRetentionHandler } from './apply-retention.handler.js';
import { JamfUse } from './jamf-use.js';
import { RetentionPlanner } from './retention-planner.js';
import { RetentionController } from './retention.controller.js';
import { RetentionRepository } from './retention.repository.js';
import { RetentionService } from './retention.service.js';

/** How many versions of a title are kept. */
@Module({
  imports: [JamfModule, PackagesModule],
  providers: [JamfUse, RetentionPlanner, RetentionRepository, RetentionService],
  exports: [RetentionService],
})
export class RetentionModule {}

/** Routes, for apps/api. */
@Module({ imports: [RetentionModule], controllers: [RetentionController] })
export class RetentionHttpModule {}

/** Job handlers. */
@Module({ imports: [RetentionModule], providers: [ApplyRetentionHandler] })
export class RetentionJobsModule {}
