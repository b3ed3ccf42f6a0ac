import type { PlistValue } from '#libs/platform/plist/plist-value.js';
import { writePlist } from '#libs/platform/plist/write-plist.js';
import { checkManifests, type Known } from './check-manifests.js';
import { readManifest } from './manifest-facts.js';

const known: Known = { items: new Set(['Firefox', 'Acrobat-Reader', 'App 2']), catalogs: new Set(['all', 'production']) };
const manifest = (path: string, values: Record<string, PlistValue>) => ({
  path: `manifests/${path}`,
  read: readManifest(writePlist(new Map(Object.entries(values)))),
});
const found = (...files: ReturnType<typeof manifest>[]) =>
  checkManifests(files, known).map(({ path, code, detail }) => [path, code, detail]);

describe('manifests', () => {
  it('name what is there, with and without versions', () => {
    const names = ['Firefox', 'Firefox-128.0', 'Firefox--128.0b3', 'Acrobat-Reader-24.1-beta', 'App 2'];
    expect(found(manifest('site_default', { catalogs: ['production'], managed_installs: names }))).toEqual([]);
  });

  it('are listed with what is not there, wherever they name it', () => {
    const nested = new Map<string, PlistValue>([
      ['condition', 'x'],
      ['managed_uninstalls', ['Gone']],
      ['conditional_items', [new Map<string, PlistValue>([['included_manifests', ['none']]])]],
    ]);
    expect(
      found(
        manifest('a', { catalogs: ['testing'], optional_installs: ['Firefox', 'Fire-fox'], conditional_items: [nested] }),
        manifest('groups/b', { included_manifests: ['a', 'groups/b'] }),
      ),
    ).toEqual([
      ['manifests/a', 'unknown-catalog', expect.stringContaining('testing')],
      ['manifests/a', 'unknown-item', expect.stringContaining('Fire-fox')],
      ['manifests/a', 'unknown-item', expect.stringContaining('Gone')],
      ['manifests/a', 'unknown-manifest', expect.stringContaining('none')],
    ]);
  });

  it('that are none are a problem, and odd values none', () => {
    const odd = manifest('odd', {
      catalogs: 'production',
      managed_installs: [1, '', true],
      conditional_items: ['x', 7],
      included_manifests: 3,
    });
    const text = { path: 'manifests/text', read: readManifest(Buffer.from('managed_installs: yaml')) };
    expect(found(odd, text)).toEqual([['manifests/text', 'unreadable', expect.any(String)]]);
  });
});
