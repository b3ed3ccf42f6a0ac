import type { PackageOrder, SortField } from './package-list.repository.js';
import type { PagePosition } from './page-position.js';
import { BadCursor } from './packages.errors.js';

/** An opaque text for where a page ended; it only fits the order it was made for. */
export const encodeCursor = ({ field, isDescending }: PackageOrder, { value, id }: PagePosition): string =>
  Buffer.from(JSON.stringify([field, isDescending, value, id])).toString('base64url');

const numbers: readonly SortField[] = ['created', 'size', 'updated'];

/** Throws BadCursor. */
export function decodeCursor(cursor: string, order: PackageOrder): PagePosition {
  try {
    const [field, isDescending, value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const fits = field === order.field && isDescending === order.isDescending && Number.isSafeInteger(id);
    const type = numbers.includes(order.field) ? 'number' : 'string';
    if (fits && typeof value === type && !String(value).includes('\0')) return { value: value as PagePosition['value'], id: id as number };
  } catch {
    // Said below.
  }
  throw new BadCursor();
}
