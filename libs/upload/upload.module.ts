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
import { SweepUploadsHandler } from './sweep-uploads.handler.js';
import { UploadController } from './upload.controller.js';
import { UploadService } from './upload.service.js';

const resumable = [OpenUploads, ResumableBegin, ResumableEnd, ResumableUploadRepository, ResumableUploadService, UploadLeases];

/** How packages come in. */
@Module({
  imports: [PackagesModule],
  providers: [UploadService, ...resumable],
  exports: [PackagesModule, UploadService, ...resumable],
})
export class UploadModule {}

/** Routes, for apps/api. */
@Module({ imports: [UploadModule], controllers: [UploadController, ResumableUploadController] })
export class UploadHttpModule {}

/** Job handlers. */
@Module({ imports: [UploadModule], providers: [SweepUploadsHandler, SweepResumablesHandler] })
export class UploadJobsModule {}
