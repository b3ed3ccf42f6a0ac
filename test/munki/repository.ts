import { createHash } from 'node:crypto';
import type { TestServer } from '../support/test-server.js';

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`;

/** A property list whose values are texts and lists of texts. */
export function plist(values: Readonly<Record<string, string | readonly string[]>>): string {
  const element = (value: string | readonly string[]): string =>
    typeof value === 'string' ? `<string>${value}</string>` : `<array>${value.map(element).join('')}</array>`;
  const keys = Object.entries(values).map(([key, value]) => `<key>${key}</key>${element(value)}`);
  return `${HEAD}<dict>\n${keys.join('\n')}\n</dict>\n</plist>\n`;
}

export const pkginfo = (name: string, version: string, bytes: Buffer | string, more: Parameters<typeof plist>[0] = {}): string =>
  plist({
    ...{ name, version, catalogs: ['testing'], installer_item_location: `${name}-${version}.pkg`, installer_item_hash: sha256(bytes) },
    ...{ notes: 'for the team', _metadata: 'made by hand' },
    ...more,
  });

export const urlOf = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export const put = (server: TestServer, path: string, body: Buffer | string, query = '') =>
  server.api<{ path: string; sha256: string; type?: string; detail?: string }>(
    'PUT',
    `/api/admin/munki/files/${encodeURIComponent(path)}${query}`,
    Buffer.from(body),
  );

export interface CatalogItem {
  readonly name: string;
  readonly location: string;
  readonly hash: string;
}

const valueOf = (element: string, key: string): string =>
  new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`).exec(element)?.[1] ?? '';

/** What a Munki client reads of a catalog. */
export async function itemsOf(server: TestServer, catalog: string): Promise<CatalogItem[]> {
  const answer = await fetch(`${server.url}/munki/catalogs/${catalog}`);
  if (answer.status === 404) return [];
  if (!answer.ok) throw new Error(`${server.name} answered ${answer.status} for ${catalog}.`);
  const text = await answer.text();
  return [...text.matchAll(/^\t<dict>\n([\s\S]*?)^\t<\/dict>$/gm)].map(([, element]) => ({
    name: valueOf(element!, 'name'),
    location: valueOf(element!, 'installer_item_location'),
    hash: valueOf(element!, 'installer_item_hash'),
  }));
}
