import { Injectable } from '@nestjs/common';
import type { AuditEvent } from '#libs/entities/audit-event.entity.js';
import { InvalidRequest } from '#libs/platform/errors/common.errors.js';
import { type ExportFormat, exportHead, exportLine } from './audit-export.js';
import { type AuditFilter, AuditLogRepository } from './audit-log.repository.js';

/** Which events, as a caller says it. */
export interface AuditQuery {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  readonly since?: string;
  readonly until?: string;
}

export interface AuditPage {
  readonly events: AuditEvent[];
  readonly next: string | null;
}

const LARGEST_ID = 2 ** 31 - 1;
/** Events that are read at a time for an export. */
const EXPORT_PAGE = 500;

/** ISO 8601; what does not say its zone is UTC. */
function momentOf(name: 'since' | 'until', text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const hasZone = !text.includes('T') || /(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const ms = Date.parse(hasZone ? text : `${text}Z`);
  if (Number.isNaN(ms)) throw new InvalidRequest([{ pointer: `/${name}`, detail: `${name} is no date that there is.` }]);
  return ms;
}

function filterOf({ actor, action, subject, since, until }: AuditQuery): AuditFilter {
  return { actor, action, subject, sinceMs: momentOf('since', since), untilMs: momentOf('until', until) };
}

/** Lists who did what. */
@Injectable()
export class AuditLogService {
  constructor(private readonly events: AuditLogRepository) {}

  /** Newest first. */
  async list(query: AuditQuery, limit: number, cursor?: string): Promise<AuditPage> {
    const beforeId = cursor === undefined ? null : Math.min(Number(cursor), LARGEST_ID);
    const found = await this.events.find(filterOf(query), beforeId, limit + 1);
    const events = found.slice(0, limit);
    return { events, next: found.length > limit ? String(events.at(-1)!.id) : null };
  }

  /** All events that fit, newest first, page by page: what is not read by the client is not read from the database. */
  export(format: ExportFormat, query: AuditQuery): AsyncGenerator<string> {
    return this.lines(format, filterOf(query)); // a wrong date is refused before the first byte
  }

  private async *lines(format: ExportFormat, filter: AuditFilter): AsyncGenerator<string> {
    yield exportHead(format);
    for (let beforeId: number | null = null; ;) {
      const events = await this.events.find(filter, beforeId, EXPORT_PAGE);
      if (events.length > 0) yield events.map((event) => exportLine(format, event)).join('');
      if (events.length < EXPORT_PAGE) return;
      beforeId = events.at(-1)!.id;
    }
  }
}
