import { Module } from '@nestjs/common';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { SweepUploadsHandler } from './sweep-uploads.handler.js';
import { UploadController } from './upload.controller.js';
import { UploadService } from './upload.service.js';

/** How packages come in. */
@Module({ imports: [PackagesModule], providers: [UploadService], exports: [PackagesModule, UploadService] })
export class UploadModule {}

/** Routes, for apps/api. */
@Module({ imports: [UploadModule], controllers: [UploadController] })
export class UploadHttpModule {}

/** Job handlers. */
@Module({ imports: [UploadModule], providers: [SweepUploadsHandler] })
export class UploadJobsModule {}
