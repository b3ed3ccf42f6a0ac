import { Module } from '@nestjs/common';
import { DownloadsModule } from '#libs/downloads/downloads.module.js';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { UploadModule } from '#libs/upload/upload.module.js';
import { MunkiCatalogsController } from './catalogs/munki-catalogs.controller.js';
import { MunkiCatalogs } from './catalogs/munki-catalogs.js';
import { MunkiClientsController } from './clients/munki-clients.controller.js';
import { MunkiFileRepository } from './files/munki-file.repository.js';
import { MunkiFilesController } from './files/munki-files.controller.js';
import { MunkiDocuments } from './files/munki-documents.js';
import { MunkiPromotionController } from './promotion/munki-promotion.controller.js';
import { MunkiPromotion } from './promotion/munki-promotion.service.js';
import { PromoteItemsHandler } from './promotion/promote-items.handler.js';
import { PromotionRepository } from './promotion/promotion.repository.js';
import { PkginfoController } from './pkginfo/pkginfo.controller.js';
import { PkginfoMaker } from './pkginfo/pkginfo-maker.js';
import { MunkiFiles } from './files/munki-files.service.js';

/** A Munki repository that every server has. */
@Module({
  imports: [DownloadsModule, PackagesModule, UploadModule],
  providers: [MunkiCatalogs, MunkiDocuments, MunkiFileRepository, MunkiFiles, MunkiPromotion, PkginfoMaker, PromotionRepository],
  exports: [DownloadsModule, MunkiCatalogs, MunkiFiles, MunkiPromotion, PkginfoMaker],
})
export class MunkiModule {}

/** Routes, for apps/api. */
@Module({ imports: [MunkiModule], controllers: [MunkiCatalogsController, MunkiFilesController, MunkiClientsController, MunkiPromotionController, PkginfoController] })
export class MunkiHttpModule {}

/** Job handlers. */
@Module({ imports: [MunkiModule], providers: [PromoteItemsHandler] })
export class MunkiJobsModule {}
