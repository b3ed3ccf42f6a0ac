import type { Type } from '@nestjs/common';
import { AboutHttpModule } from '#libs/about/about.module.js';
import { AccountsHttpModule } from '#libs/accounts/accounts.module.js';
import { LiveHttpModule } from '#libs/live/live.module.js';
import { MetricsHttpModule } from '#libs/metrics/metrics.module.js';
import { AuditLogHttpModule } from '#libs/audit-log/audit-log.module.js';
import { NetworkHttpModule } from '#libs/network/network.module.js';
import { NotificationsHttpModule } from '#libs/notifications/notifications.module.js';
import { PackagesHttpModule } from '#libs/packages/packages.module.js';
import { RegistrationHttpModule } from '#libs/registration/registration.module.js';
import { SyncHttpModule } from '#libs/sync/sync.module.js';
import { SystemHttpModule } from '#libs/system/system.module.js';
import { UploadHttpModule } from '#libs/upload/upload.module.js';
import { WebhooksHttpModule } from '#libs/webhooks/webhooks.module.js';

/** Every feature's HTTP door (`XHttpModule`). */
export const httpModules: Type[] = [
  AccountsHttpModule,
  AuditLogHttpModule,
  AboutHttpModule,
  SystemHttpModule,
  NetworkHttpModule,
  PackagesHttpModule,
  UploadHttpModule,
  RegistrationHttpModule,
  SyncHttpModule,
  LiveHttpModule,
  WebhooksHttpModule,
  NotificationsHttpModule,
  MetricsHttpModule,
];
