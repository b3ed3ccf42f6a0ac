import type { JamfClient } from './jamf-client.js';
import { JamfFault } from './jamf-fault.js';

/** A list of the Jamf Pro API that comes in pages, sorted by id. */
export interface PagedList<T> {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly privilege: string;
  /** In the plural, for sentences. */
  readonly what: string;
  /** Throws JamfFault `unreadable`. */
  readonly itemOf: (value: unknown) => T;
}

const PAGE_SIZE = 100;
const MOST_ITEMS = 100_000;

export async function pageOf<T>(
  client: JamfClient,
  { path, query = {}, privilege, what, itemOf }: PagedList<T>,
  page: number,
  size: number,
): Promise<{ readonly total: number; readonly items: readonly T[] }> {
  const asked = { page: String(page), 'page-size': String(size), sort: 'id:asc', ...query };
  const { totalCount, results } = await client.call({ method: 'GET', path, query: asked, privilege });
  if (typeof totalCount !== 'number' || !Array.isArray(results))
    throw new JamfFault('unreadable', `The list of ${what} has no totalCount or no results.`);
  return { total: totalCount, items: results.map(itemOf) };
}

/** All of them, each once. Throws JamfFault, also when the list ends before the number that it announces. */
export async function allOf<T extends { readonly id: string }>(client: JamfClient, list: PagedList<T>): Promise<T[]> {
  const found = new Map<string, T>();
  for (let page = 0; ; page += 1) {
    const { total, items } = await pageOf(client, list, page, PAGE_SIZE);
    const before = found.size;
    for (const item of items) found.set(item.id, item);
    if (found.size >= total) return [...found.values()];
    if (found.size > MOST_ITEMS) throw new JamfFault('unreadable', `Jamf Pro has more than ${MOST_ITEMS} ${list.what}.`);
    if (found.size === before)
      throw new JamfFault(
        'unreadable',
        `Jamf Pro lists ${total} ${list.what} and ends after ${found.size}; nothing is concluded from that.`,
      );
  }
}
