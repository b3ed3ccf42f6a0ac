import { Module } from '@nestjs/common';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { OpenUploads } from './resumable/open-uploads.js';
import { ResumableBegin } from './resumable/resumable-begin.js';
import { ResumableEnd } from './resumable/resumable-end.js';
import { ResumableUploadController } from './resumable/resumable-upload.controller.js';
import { ResumableUploadRepository } from './resumable/resumable-upload.repository.js';
import { ResumableUploadService } from './resumable/resumable-upload.service.js';
import { SweepResumablesHandler } from './resumable/sweep-resumables.handler.js';
import { UploadLeases } from './resumable/upload-leases.js';
import { RawUploadController } from './raw/raw-upload.controller.js';
import { RawUploadService } from './raw/raw-upload.service.js';
import { SweepUploadsHandler } from './sweep-uploads.handler.js';
import { UploadController } from './upload.controller.js';
import { UploadService } from './upload.service.js';
import { UploadStaging } from './upload-staging.js';

const resumable = [OpenUploads, ResumableBegin, ResumableEnd, ResumableUploadRepository, ResumableUploadService, UploadLeases];

/** How packages come in. */
@Module({
  imports: [PackagesModule],
  providers: [UploadService, RawUploadService, UploadStaging, ...resumable],
  exports: [PackagesModule, UploadService, RawUploadService, UploadStaging, ...resumable],
})
export class UploadModule {}

/** Routes, for apps/api. */
@Module({ imports: [UploadModule], controllers: [UploadController, RawUploadController, ResumableUploadController] })
export class UploadHttpModule {}

/** Job handlers. */
@Module({ imports: [UploadModule], providers: [SweepUploadsHandler, SweepResumablesHandler] })
export class UploadJobsModule {}
