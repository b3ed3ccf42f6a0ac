import { Module } from '@nestjs/common';
import { AuditEventRepository } from './audit-event.repository.js';
import { AuditTrail } from './audit-trail.js';

/** The trail of who did what. */
@Module({ providers: [AuditEventRepository, AuditTrail], exports: [AuditTrail] })
export class AuditModule {}
