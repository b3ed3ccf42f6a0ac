import { Module } from '@nestjs/common';
import { AuditEventRepository } from './audit-event.repository.js';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditTrail } from './audit-trail.js';
import { PurgeAuditHandler } from './purge-audit.handler.js';

/** The audit trail: `AuditTrail` writes it, `AuditLogService` reads and exports it. */
@Module({
  providers: [AuditEventRepository, AuditTrail, AuditLogRepository, AuditLogService],
  exports: [AuditTrail, AuditLogRepository, AuditLogService],
})
export class AuditModule {}

/** Routes, for apps/api. */
@Module({ imports: [AuditModule], controllers: [AuditLogController] })
export class AuditHttpModule {}

/** Job handlers. */
@Module({ imports: [AuditModule], providers: [PurgeAuditHandler] })
export class AuditJobsModule {}
