import type { Type } from '@nestjs/common';
import { AboutHttpModule } from '#libs/about/about.module.js';
import { AccountsHttpModule } from '#libs/accounts/accounts.module.js';
import { LiveHttpModule } from '#libs/live/live.module.js';
import { MetricsHttpModule } from '#libs/metrics/metrics.module.js';
import { AuditHttpModule } from '#libs/audit/audit.module.js';
import { NetworkHttpModule } from '#libs/network/network.module.js';
import { InspectionHttpModule } from '#libs/inspection/inspection.module.js';
import { EmailHttpModule } from '#libs/email/email.module.js';
import { JamfHttpModule } from '#libs/jamf/jamf.module.js';
import { MunkiHttpModule } from '#libs/munki/munki.module.js';
import { OidcHttpModule } from '#libs/oidc/oidc.module.js';
import { DownloadsHttpModule } from '#libs/downloads/downloads.module.js';
import { PackagesHttpModule } from '#libs/packages/packages.module.js';
import { RegistrationHttpModule } from '#libs/peers/peers.module.js';
import { RetentionHttpModule } from '#libs/retention/retention.module.js';
import { SyncHttpModule } from '#libs/sync/sync.module.js';
import { TrustHttpModule } from '#libs/trust/trust.module.js';
import { SystemHttpModule } from '#libs/system/system.module.js';
import { UploadHttpModule } from '#libs/upload/upload.module.js';
import { WebhooksHttpModule } from '#libs/webhooks/webhooks.module.js';

/** Every feature's HTTP door (`XHttpModule`). */
export const httpModules: Type[] = [
  AccountsHttpModule,
  OidcHttpModule,
  AuditHttpModule,
  AboutHttpModule,
  SystemHttpModule,
  NetworkHttpModule,
  PackagesHttpModule,
  DownloadsHttpModule,
  UploadHttpModule,
  RegistrationHttpModule,
  SyncHttpModule,
  TrustHttpModule,
  LiveHttpModule,
  WebhooksHttpModule,
  EmailHttpModule,
  JamfHttpModule,
  MunkiHttpModule,
  RetentionHttpModule,
  InspectionHttpModule,
  MetricsHttpModule,
];
