import { Module } from '@nestjs/common';
import { AboutModule } from '#libs/about/about.module.js';
import { AuditModule } from '#libs/audit/audit.module.js';
import { EventsModule } from '#libs/events/events.module.js';
import { RegistrationModule } from '#libs/peers/peers.module.js';
import { StorageModule } from '#libs/platform/storage/storage.module.js';
import { CatalogClockRepository } from './catalog/catalog-clock.repository.js';
import { CatalogRows } from './catalog/catalog-rows.js';
import { Catalog } from './catalog/catalog.js';
import { ContentBindings } from './catalog/content-bindings.js';
import { Incarnation } from './catalog/incarnation.js';
import { ServerRunRepository } from './catalog/server-run.repository.js';
import { ContentPublisher } from './content-publisher.js';
import { ContentCopiesRepository } from './content-copies.repository.js';
import { ContentRepository } from './content.repository.js';
import { DeletedPackageRepository } from './deleted-package.repository.js';
import { DeletedPackages } from './deleted-packages.service.js';
import { DeletedPackagesController } from './deleted-packages.controller.js';
import { PackageEvents } from './package-events.js';
import { PackageFinder } from './package-finder.js';
import { PackageListRepository } from './package-list.repository.js';
import { PackageRepository } from './package.repository.js';
import { PackageVersionRepository } from './package-version.repository.js';
import { PackageVersions } from './package-versions.service.js';
import { VersionLog } from './catalog/version-log.js';
import { PackagesController } from './packages.controller.js';
import { PackagesService } from './packages.service.js';
import { MassChangeGuard } from './catalog/mass-change-guard.js';
import { GuardedChangeRepository } from './catalog/guarded-change.repository.js';
import { DamagedContents } from './integrity/damaged-contents.js';
import { CheckContentsHandler } from './integrity/check-contents.handler.js';
import { ForgottenContents } from './forgotten-contents.js';
import { PurgeVersionsHandler } from './purge-versions.handler.js';
import { ScrubHandler } from './integrity/scrub.handler.js';
import { ShareLinks } from './share-links.js';
import { SignOwnEntriesHandler } from './catalog/sign-own-entries.handler.js';
import { StageChangedHandler } from './catalog/stage-changed.handler.js';
import { PackageFacts } from './titles/package-facts.js';
import { PackageMetadataRepository } from './titles/package-metadata.repository.js';
import { RelatedPackages } from './titles/related-packages.js';
import { TitledPackages } from './titles/titled-packages.js';
import { SignerRule } from './titles/signer-rule.js';
import { SignerRuleRepository } from './titles/signer-rule.repository.js';
import { VerificationService } from './integrity/verification.service.js';

/** The catalog, and what people and managed computers do with it. */
@Module({
  imports: [AboutModule, AuditModule, EventsModule, RegistrationModule, StorageModule],
  providers: [
    Catalog,
    CatalogClockRepository,
    CatalogRows,
    ContentBindings,
    ContentPublisher,
    ContentCopiesRepository,
    ContentRepository,
    DamagedContents,
    DeletedPackageRepository,
    DeletedPackages,
    PackageEvents,
    PackageFacts,
    PackageFinder,
    Incarnation,
    ServerRunRepository,
    PackageListRepository,
    PackageMetadataRepository,
    PackageRepository,
    PackageVersionRepository,
    PackageVersions,
    VersionLog,
    PackagesService,
    RelatedPackages,
    SignerRule,
    SignerRuleRepository,
    MassChangeGuard,
    GuardedChangeRepository,
    ShareLinks,
    TitledPackages,
    VerificationService,
  ],
  exports: [
    AboutModule,
    AuditModule,
    EventsModule,
    RegistrationModule,
    StorageModule,
    Catalog,
    CatalogClockRepository,
    ContentBindings,
    Incarnation,
    ContentPublisher,
    ContentCopiesRepository,
    ContentRepository,
    DamagedContents,
    DeletedPackages,
    PackageFacts,
    PackageFinder,
    PackageEvents,
    PackageMetadataRepository,
    PackageRepository,
    PackageVersions,
    PackageVersionRepository,
    PackagesService,
    RelatedPackages,
    MassChangeGuard,
    GuardedChangeRepository,
    ShareLinks,
    TitledPackages,
    VerificationService,
  ],
})
export class PackagesModule {}

/** Routes, for apps/api. */
@Module({ imports: [PackagesModule], controllers: [PackagesController, DeletedPackagesController] })
export class PackagesHttpModule {}

/** Job handlers. */
@Module({
  imports: [PackagesModule],
  providers: [CheckContentsHandler, ForgottenContents, PurgeVersionsHandler, ScrubHandler, SignOwnEntriesHandler, StageChangedHandler],
})
export class PackagesJobsModule {}
