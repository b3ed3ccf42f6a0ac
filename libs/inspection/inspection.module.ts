import { Module } from '@nestjs/common';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { InspectContentsHandler } from './inspect-contents.handler.js';
import { InspectionController } from './inspection.controller.js';
import { InspectionService } from './inspection.service.js';
import { PackageMetadataRepository } from './package-metadata.repository.js';

/** What is in packages, who signed them and which version they are. */
@Module({
  imports: [PackagesModule],
  providers: [InspectionService, PackageMetadataRepository],
  exports: [PackagesModule, InspectionService, PackageMetadataRepository],
})
export class InspectionModule {}

/** Routes, for apps/api. */
@Module({ imports: [InspectionModule], controllers: [InspectionController] })
export class InspectionHttpModule {}

/** Job handlers. */
@Module({ imports: [InspectionModule], providers: [InspectContentsHandler] })
export class InspectionJobsModule {}
