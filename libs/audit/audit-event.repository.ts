import { Injectable } from '@nestjs/common';
import { AuditEvent } from '#libs/entities/audit-event.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Every query on the audit trail. Rows are added and never changed. */
@Injectable()
export class AuditEventRepository {
  constructor(private readonly db: Database) {}

  async insert(event: Omit<AuditEvent, 'id'>): Promise<void> {
    await this.db.insertRows(AuditEvent, [event as never]);
  }
}
