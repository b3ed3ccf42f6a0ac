import type { JamfClient } from './jamf-client.js';
import { JamfFault } from './jamf-fault.js';
import { allOf } from './list-pages.js';

export interface Category {
  readonly id: string;
  readonly name: string;
}

function categoryOf(value: unknown): Category {
  const { id, name } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if ((typeof id === 'string' || typeof id === 'number') && typeof name === 'string') return { id: String(id), name };
  throw new JamfFault('unreadable', 'Jamf Pro listed a category without its id or name.');
}

/** Throws JamfFault. */
export const listCategories = (client: JamfClient): Promise<Category[]> =>
  allOf(client, { path: '/api/v1/categories', privilege: 'Read Categories', what: 'categories', itemOf: categoryOf });
