import { Module } from '@nestjs/common';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { InspectContentsHandler } from './inspect-contents.handler.js';
import { InspectionLog } from './inspection-log.js';
import { InspectionController } from './inspection.controller.js';
import { InspectionPackageConsumer } from './package-consumer.js';
import { InspectionService } from './inspection.service.js';

/** What is in packages, who signed them and which version they are. */
@Module({
  imports: [PackagesModule],
  providers: [InspectionService],
  exports: [PackagesModule, InspectionService],
})
export class InspectionModule {}

/** Routes, for apps/api. */
@Module({ imports: [InspectionModule], controllers: [InspectionController] })
export class InspectionHttpModule {}

/** Job handlers, and what makes them due. */
@Module({ imports: [InspectionModule], providers: [InspectContentsHandler, InspectionLog, InspectionPackageConsumer] })
export class InspectionJobsModule {}
