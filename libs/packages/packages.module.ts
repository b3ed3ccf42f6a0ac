import { Module } from '@nestjs/common';
import { AboutModule } from '#libs/about/about.module.js';
import { AuditModule } from '#libs/audit/audit.module.js';
import { EventsModule } from '#libs/events/events.module.js';
import { StorageModule } from '#libs/platform/storage/storage.module.js';
import { CatalogClockRepository } from './catalog-clock.repository.js';
import { CatalogRows } from './catalog-rows.js';
import { Catalog } from './catalog.js';
import { ContentPublisher } from './content-publisher.js';
import { ContentRepository } from './content.repository.js';
import { DownloadService } from './download.service.js';
import { DownloadsController } from './downloads.controller.js';
import { PackageListRepository } from './package-list.repository.js';
import { PackageRepository } from './package.repository.js';
import { PackagesController } from './packages.controller.js';
import { PackagesService } from './packages.service.js';
import { RemovalBrake } from './removal-brake.js';
import { RemovalRepository } from './removal.repository.js';
import { ScrubHandler } from './scrub.handler.js';
import { ShareLinks } from './share-links.js';
import { StageChangedHandler } from './stage-changed.handler.js';
import { VerificationService } from './verification.service.js';

/** The catalog, and what people and managed computers do with it. */
@Module({
  imports: [AboutModule, AuditModule, EventsModule, StorageModule],
  providers: [
    Catalog,
    CatalogClockRepository,
    CatalogRows,
    ContentPublisher,
    ContentRepository,
    DownloadService,
    PackageListRepository,
    PackageRepository,
    PackagesService,
    RemovalBrake,
    RemovalRepository,
    ShareLinks,
    VerificationService,
  ],
  exports: [
    AboutModule,
    AuditModule,
    EventsModule,
    StorageModule,
    Catalog,
    CatalogClockRepository,
    ContentPublisher,
    ContentRepository,
    PackageRepository,
    PackagesService,
    RemovalBrake,
    RemovalRepository,
    ShareLinks,
    DownloadService,
    VerificationService,
  ],
})
export class PackagesModule {}

/** Routes, for apps/api. */
@Module({ imports: [PackagesModule], controllers: [PackagesController, DownloadsController] })
export class PackagesHttpModule {}

/** Job handlers. */
@Module({ imports: [PackagesModule], providers: [ScrubHandler, StageChangedHandler] })
export class PackagesJobsModule {}
