import type { Type } from '@nestjs/common';
import { AccountsJobsModule } from '#libs/accounts/accounts.module.js';
import { AuditLogJobsModule } from '#libs/audit-log/audit-log.module.js';
import { EventsJobsModule } from '#libs/events/events.module.js';
import { NetworkJobsModule } from '#libs/network/network.module.js';
import { NotificationsJobsModule } from '#libs/notifications/notifications.module.js';
import { PackagesJobsModule } from '#libs/packages/packages.module.js';
import { RegistrationJobsModule } from '#libs/registration/registration.module.js';
import { SyncJobsModule } from '#libs/sync/sync.module.js';
import { UploadJobsModule } from '#libs/upload/upload.module.js';
import { WebhooksJobsModule } from '#libs/webhooks/webhooks.module.js';

/** Every feature's job handlers (`XJobsModule`): run by the worker, or by the web application when the queue is embedded. */
export const jobModules: Type[] = [
  AccountsJobsModule,
  AuditLogJobsModule,
  EventsJobsModule,
  NetworkJobsModule,
  PackagesJobsModule,
  UploadJobsModule,
  RegistrationJobsModule,
  SyncJobsModule,
  WebhooksJobsModule,
  NotificationsJobsModule,
];
