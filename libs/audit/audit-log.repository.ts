import { Injectable } from '@nestjs/common';
import { LessThan, type SelectQueryBuilder } from 'typeorm';
import { AuditEvent } from '#libs/entities/audit-event.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Which events; what is left out does not matter. */
export interface AuditFilter {
  readonly actor?: string;
  /** An action, or all that begin with a text that ends in a dot. */
  readonly action?: string;
  readonly subject?: string;
  readonly sinceMs?: number;
  /** Not this moment itself. */
  readonly untilMs?: number;
}

/** Reads the audit trail, and removes what is older than is kept. Nothing changes a row. */
@Injectable()
export class AuditLogRepository {
  constructor(private readonly db: Database) {}

  /** Newest first, those before `beforeId`. */
  find(filter: AuditFilter, beforeId: number | null, limit: number): Promise<AuditEvent[]> {
    const query = this.db.manager.createQueryBuilder(AuditEvent, 'event').orderBy('event.id', 'DESC').limit(limit);
    if (beforeId !== null) query.andWhere('event.id < :beforeId', { beforeId });
    return narrowed(query, filter).getMany();
  }

  /** Removes the oldest of those before the moment; answers how many. */
  async deleteSome(beforeMs: number, limit: number): Promise<number> {
    const old = await this.db.manager.find(AuditEvent, {
      select: { id: true },
      where: { atMs: LessThan(beforeMs) },
      order: { atMs: 'ASC' },
      take: limit,
    });
    if (old.length > 0)
      await this.db.manager.delete(
        AuditEvent,
        old.map(({ id }) => id),
      );
    return old.length;
  }
}

function narrowed(query: SelectQueryBuilder<AuditEvent>, filter: AuditFilter): SelectQueryBuilder<AuditEvent> {
  const { actor, action, subject, sinceMs, untilMs } = filter;
  if (actor !== undefined) query.andWhere('event.actor = :actor', { actor });
  if (action?.endsWith('.')) query.andWhere('SUBSTRING(event.action, 1, :length) = :action', { action, length: action.length });
  else if (action !== undefined) query.andWhere('event.action = :action', { action });
  if (subject !== undefined) query.andWhere('event.subject = :subject', { subject });
  if (sinceMs !== undefined) query.andWhere('event.atMs >= :sinceMs', { sinceMs });
  if (untilMs !== undefined) query.andWhere('event.atMs < :untilMs', { untilMs });
  return query;
}
