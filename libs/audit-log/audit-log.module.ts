import { Module } from '@nestjs/common';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditLogService } from './audit-log.service.js';
import { PurgeAuditHandler } from './purge-audit.handler.js';

/** Reading the trail that `audit` writes. */
@Module({ providers: [AuditLogRepository, AuditLogService], exports: [AuditLogRepository, AuditLogService] })
export class AuditLogModule {}

/** Routes, for apps/api. */
@Module({ imports: [AuditLogModule], controllers: [AuditLogController] })
export class AuditLogHttpModule {}

/** Job handlers. */
@Module({ imports: [AuditLogModule], providers: [PurgeAuditHandler] })
export class AuditLogJobsModule {}
