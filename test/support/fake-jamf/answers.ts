import { randomBytes } from 'node:crypto';
import { parseRsql, RsqlFault } from './rsql.js';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The row was written, and the client never learns of it. */
  readonly isLost?: boolean;
}

export const json = (status: number, body: unknown): Answer => ({
  status,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

export const empty = (status: number): Answer => ({ status, body: '' });

/** The form of errors in the JSON API. Codes that only this double has are in `ownCodes`. */
export const fault = (status: number, code: string, description: string, field = ''): Answer =>
  json(status, { httpStatus: status, traceId: randomBytes(16).toString('hex'), errors: [{ code, description, id: '0', field }] });

/** What proxies, maintenance pages and the edge answer. */
export const page = (status: number, title: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: `<html><head><title>Status page</title></head><body><p>Error: ${title}</p></body></html>`,
  headers: { 'content-type': 'text/html', ...headers },
});

/** One page of a list. The greatest page size is cut silently, as Jamf Pro does. */
export function listPage<T extends { readonly id: string }>(
  rows: readonly T[],
  query: URLSearchParams,
  { fields, clamp }: { readonly fields: readonly string[]; readonly clamp: number },
): Answer {
  try {
    const filter = query.get('filter');
    const kept = filter === null ? [...rows] : rows.filter((row) => parseRsql(filter, fields)(row as Readonly<Record<string, unknown>>));
    const isDown = query.get('sort') === 'id:desc';
    kept.sort((one, other) => (Number(one.id) - Number(other.id)) * (isDown ? -1 : 1));
    const size = Math.min(Number(query.get('page-size') ?? 100), clamp);
    const from = Number(query.get('page') ?? 0) * size;
    return json(200, { totalCount: kept.length, results: kept.slice(from, from + size) });
  } catch (error) {
    if (error instanceof RsqlFault) return fault(400, 'INVALID_FIELD', error.message, 'filter');
    throw error;
  }
}
