import type { Type } from '@nestjs/common';
import { AccountsJobsModule } from '#libs/accounts/accounts.module.js';
import { AuditJobsModule } from '#libs/audit/audit.module.js';
import { BackupsJobsModule } from '#libs/backups/backups.module.js';
import { EventsJobsModule } from '#libs/events/events.module.js';
import { NetworkJobsModule } from '#libs/network/network.module.js';
import { JamfJobsModule } from '#libs/jamf/jamf.module.js';
import { InspectionJobsModule } from '#libs/inspection/inspection.module.js';
import { EmailJobsModule } from '#libs/email/email.module.js';
import { MunkiJobsModule } from '#libs/munki/munki.module.js';
import { PackagesJobsModule } from '#libs/packages/packages.module.js';
import { RegistrationJobsModule } from '#libs/peers/peers.module.js';
import { RetentionJobsModule } from '#libs/retention/retention.module.js';
import { SyncJobsModule } from '#libs/sync/sync.module.js';
import { UploadJobsModule } from '#libs/upload/upload.module.js';
import { WebhooksJobsModule } from '#libs/webhooks/webhooks.module.js';

/** Every feature's job handlers (`XJobsModule`): run by the worker, or by the web application when the queue is embedded. */
export const jobModules: Type[] = [
  AccountsJobsModule,
  AuditJobsModule,
  EventsJobsModule,
  NetworkJobsModule,
  PackagesJobsModule,
  UploadJobsModule,
  RegistrationJobsModule,
  SyncJobsModule,
  WebhooksJobsModule,
  EmailJobsModule,
  InspectionJobsModule,
  JamfJobsModule,
  MunkiJobsModule,
  RetentionJobsModule,
  BackupsJobsModule,
];
