import { AuditEvent } from '#libs/entities/audit-event.entity.js';
import { Database } from '#libs/platform/database/database.js';
import type { AppInProcess } from './app-in-process.js';

/** The whole audit trail of a server, oldest first. */
export const auditOf = ({ app }: AppInProcess): Promise<AuditEvent[]> =>
  app.get(Database).manager.find(AuditEvent, { order: { id: 'ASC' } });
