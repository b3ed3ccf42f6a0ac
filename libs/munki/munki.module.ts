import { Module } from '@nestjs/common';
import { DownloadsModule } from '#libs/downloads/downloads.module.js';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { UploadModule } from '#libs/upload/upload.module.js';
import { MunkiCatalogsController } from './catalogs/munki-catalogs.controller.js';
import { MunkiCatalogs } from './catalogs/munki-catalogs.js';
import { MunkiClientsController } from './clients/munki-clients.controller.js';
import { MunkiDocuments } from './files/munki-documents.js';
import { MunkiFileRepository } from './files/munki-file.repository.js';
import { MunkiFilesController } from './files/munki-files.controller.js';
import { MunkiPromotionController } from './promotion/munki-promotion.controller.js';
import { MunkiPromotion } from './promotion/munki-promotion.service.js';
import { PromoteItemsHandler } from './promotion/promote-items.handler.js';
import { PromotionRepository } from './promotion/promotion.repository.js';
import { Mwa2DerivedController } from './mwa2/mwa2-derived.controller.js';
import { Mwa2Derived } from './mwa2/mwa2-derived.service.js';
import { Mwa2FilesController } from './mwa2/mwa2-files.controller.js';
import { Mwa2Files } from './mwa2/mwa2-files.service.js';
import { Mwa2Lists } from './mwa2/mwa2-lists.service.js';
import { Mwa2PlistsController } from './mwa2/mwa2-plists.controller.js';
import { Mwa2Plists } from './mwa2/mwa2-plists.service.js';
import { PkginfoController } from './pkginfo/pkginfo.controller.js';
import { PkginfoMaker } from './pkginfo/pkginfo-maker.js';
import { MunkiFiles } from './files/munki-files.service.js';

const mwa2 = [Mwa2Derived, Mwa2Files, Mwa2Lists, Mwa2Plists];
const mwa2Controllers = [Mwa2DerivedController, Mwa2FilesController, Mwa2PlistsController];

/** A Munki repository that every server has. */
@Module({
  imports: [DownloadsModule, PackagesModule, UploadModule],
  providers: [MunkiCatalogs, MunkiDocuments, MunkiFileRepository, MunkiFiles, MunkiPromotion, PkginfoMaker, PromotionRepository, ...mwa2],
  exports: [DownloadsModule, MunkiCatalogs, MunkiFiles, MunkiPromotion, PkginfoMaker, ...mwa2],
})
export class MunkiModule {}

/** Routes, for apps/api. */
@Module({
  imports: [MunkiModule],
  controllers: [
    MunkiCatalogsController,
    MunkiFilesController,
    MunkiClientsController,
    MunkiPromotionController,
    PkginfoController,
    ...mwa2Controllers,
  ],
})
export class MunkiHttpModule {}

/** Job handlers. */
@Module({ imports: [MunkiModule], providers: [PromoteItemsHandler] })
export class MunkiJobsModule {}
