import { Module } from '@nestjs/common';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { DownloadService } from './download.service.js';
import { KnownDownloads } from './known-downloads.js';
import { DownloadsController } from './downloads.controller.js';

/** What managed computers fetch. */
@Module({ imports: [PackagesModule], providers: [DownloadService, KnownDownloads], exports: [DownloadService] })
export class DownloadsModule {}

/** Routes, for apps/api. */
@Module({ imports: [DownloadsModule], controllers: [DownloadsController] })
export class DownloadsHttpModule {}
