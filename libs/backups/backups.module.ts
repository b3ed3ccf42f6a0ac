import { Module } from '@nestjs/common';
import { AboutModule } from '#libs/about/about.module.js';
import { AuditModule } from '#libs/audit/audit.module.js';
import { EventsModule } from '#libs/events/events.module.js';
import { BackupStateRepository } from './backup-state.repository.js';
import { BackupsService } from './backups.service.js';
import { MakeBackupHandler } from './make-backup.handler.js';

/** Job handlers: backups by schedule. */
@Module({
  imports: [AboutModule, AuditModule, EventsModule],
  providers: [BackupStateRepository, BackupsService, MakeBackupHandler],
})
export class BackupsJobsModule {}
