import { Module } from '@nestjs/common';
import { PackagesModule } from '#libs/packages/packages.module.js';
import { CredentialUses } from './access/credential-uses.js';
import { DownloadAccess } from './access/download-access.js';
import { DownloadCredentialRepository } from './access/download-credential.repository.js';
import { DownloadCredentialsController } from './access/download-credentials.controller.js';
import { DownloadCredentials } from './access/download-credentials.service.js';
import { DownloadLinks } from './access/download-links.service.js';
import { DownloadSettingsController } from './access/download-settings.controller.js';
import { DownloadSettingsRepository } from './access/download-settings.repository.js';
import { DownloadSettingsService } from './access/download-settings.service.js';
import { LinkSigner } from './access/link-signer.js';
import { PackageLinksController } from './access/package-links.controller.js';
import { DownloadAnswers } from './download-answers.js';
import { DownloadService } from './download.service.js';
import { KnownDownloads } from './known-downloads.js';
import { DownloadsController } from './downloads.controller.js';

/** What managed computers fetch. */
@Module({
  imports: [PackagesModule],
  providers: [
    DownloadAnswers,
    DownloadService,
    KnownDownloads,
    CredentialUses,
    DownloadAccess,
    DownloadCredentialRepository,
    DownloadCredentials,
    DownloadLinks,
    DownloadSettingsRepository,
    DownloadSettingsService,
    LinkSigner,
  ],
  exports: [DownloadAccess, DownloadAnswers, DownloadService, DownloadCredentials, DownloadLinks, DownloadSettingsService],
})
export class DownloadsModule {}

/** Routes, for apps/api. */
@Module({
  imports: [DownloadsModule],
  controllers: [DownloadsController, DownloadCredentialsController, DownloadSettingsController, PackageLinksController],
})
export class DownloadsHttpModule {}
