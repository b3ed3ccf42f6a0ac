import { Module } from '@nestjs/common';
import { DownloadsModule } from '#libs/downloads/downloads.module.js';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { UploadModule } from '#libs/upload/upload.module.js';
import { MunkiCatalogsController } from './catalogs/munki-catalogs.controller.js';
import { MunkiCatalogs } from './catalogs/munki-catalogs.js';
import { MunkiClientsController } from './clients/munki-clients.controller.js';
import { MunkiFileRepository } from './files/munki-file.repository.js';
import { MunkiFilesController } from './files/munki-files.controller.js';
import { PkginfoController } from './pkginfo/pkginfo.controller.js';
import { PkginfoMaker } from './pkginfo/pkginfo-maker.js';
import { MunkiFiles } from './files/munki-files.service.js';

/** A Munki repository that every server has. */
@Module({
  imports: [DownloadsModule, PackagesModule, UploadModule],
  providers: [MunkiCatalogs, MunkiFileRepository, MunkiFiles, PkginfoMaker],
  exports: [DownloadsModule, MunkiCatalogs, MunkiFiles, PkginfoMaker],
})
export class MunkiModule {}

/** Routes, for apps/api. */
@Module({ imports: [MunkiModule], controllers: [MunkiCatalogsController, MunkiFilesController, MunkiClientsController, PkginfoController] })
export class MunkiHttpModule {}
