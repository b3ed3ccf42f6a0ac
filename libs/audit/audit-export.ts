import type { AuditEvent } from '#libs/entities/audit-event.entity.js';

export const exportFormats = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const exportTypes: Readonly<Record<ExportFormat, string>> = { csv: 'text/csv; charset=utf-8', jsonl: 'application/jsonl' };

/** One event as it is handed out, in this order of columns. */
export const plainEvent = ({ id, atMs, actorKind, actor, action, subject, details, address, requestId }: AuditEvent) => ({
  id,
  at: new Date(atMs).toISOString(),
  actor_kind: actorKind,
  actor,
  action,
  subject,
  details,
  address,
  request_id: requestId,
});

const columns = ['id', 'at', 'actor_kind', 'actor', 'action', 'subject', 'details', 'address', 'request_id'] as const;

/** Names are chosen by strangers: a cell that a spreadsheet would take for a formula is made text (OWASP, CSV injection). */
function cell(value: unknown): string {
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const isFormula = typeof value !== 'number' && /^[=+\-@\t\r\n＝＋－＠]/.test(text);
  return `"${isFormula ? "'" : ''}${text.replaceAll('"', '""')}"`;
}

/** What stands before the first event: for CSV the mark that makes spreadsheets read UTF-8, and the names of the columns. */
export const exportHead = (format: ExportFormat): string => (format === 'csv' ? `\uFEFF${columns.join(',')}\r\n` : '');

/** One event as a line of the export (RFC 4180, JSON lines). */
export function exportLine(format: ExportFormat, event: AuditEvent): string {
  const plain = plainEvent(event);
  return format === 'csv' ? `${columns.map((column) => cell(plain[column])).join(',')}\r\n` : `${JSON.stringify(plain)}\n`;
}
