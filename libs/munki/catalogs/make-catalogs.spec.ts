import fc from 'fast-check';
import { filenameKey } from '#libs/packages/filename.js';
import { isDict, type PlistValue } from '#libs/platform/plist/plist-value.js';
import { readPlist } from '#libs/platform/plist/read-plist.js';
import { writePlist } from '#libs/platform/plist/write-plist.js';
import { type Held, makeCatalogs, type PkginfoFile } from './make-catalogs.js';
import { readPkginfo } from './pkginfo-facts.js';

const HASH = 'a'.repeat(64);
const held = (...paths: string[]): Held => ({
  pkgs: new Map(paths.map((path) => [filenameKey(path), { path, sha256: HASH }])),
  icons: new Map(),
});
const file = (path: string, values: Record<string, PlistValue>): PkginfoFile => ({
  path,
  read: readPkginfo(writePlist(new Map(Object.entries(values)))),
});
const app = (name: string, more: Record<string, PlistValue> = {}): Record<string, PlistValue> => ({
  ...{ name, version: '1', catalogs: ['testing'], installer_item_location: `${name}.pkg` },
  ...more,
});

function namesIn(made: ReturnType<typeof makeCatalogs>, catalog: string): string[] | null {
  const found = made.catalogs.get(catalog);
  const list = found ? readPlist(found.body) : null;
  if (!Array.isArray(list)) return null;
  return list.map((item) => (isDict(item) ? String(item.get('name')) : ''));
}
const codes = (made: ReturnType<typeof makeCatalogs>) => made.problems.map(({ path, code, isLeftOut }) => [path, code, isLeftOut]);

describe('catalogs', () => {
  it('list items by the paths of their files, in all and in each of their catalogs', () => {
    const made = makeCatalogs([file('b', app('B')), file('a', app('A', { catalogs: ['production', 'testing'] }))], held('A.pkg', 'B.pkg'));
    expect([namesIn(made, 'all'), namesIn(made, 'testing'), namesIn(made, 'production')]).toEqual([['A', 'B'], ['A', 'B'], ['A']]);
    expect(made.problems).toEqual([]);
  });

  it('have an empty list for no items', () => expect([...makeCatalogs([], held()).catalogs.keys()]).toEqual(['all']));

  it('need no file for items that are installed without one', () => {
    const made = makeCatalogs(
      [
        file('a', { name: 'A', installer_type: 'nopkg' }),
        file('b', { name: 'B', installer_type: 'apple_update_metadata' }),
        file('c', { name: 'C', PackageCompleteURL: 'https://example.com/c.pkg' }),
        file('d', { name: 'D', PackageURL: 'https://example.com/d.pkg' }),
      ],
      held(),
    );
    expect([namesIn(made, 'all'), made.problems]).toEqual([['A', 'B', 'C', 'D'], []]);
  });

  it('leave out what cannot be installed here, and say why', () => {
    const made = makeCatalogs(
      [
        file('gone', app('Gone')),
        file('hash', app('Hash', { installer_item_hash: 'b'.repeat(64) })),
        file('uninstaller', app('U', { uninstaller_item_location: 'U-remove.pkg' })),
        file('case', app('Case')),
      ],
      held('Hash.pkg', 'U.pkg', 'case.PKG'),
    );
    expect(namesIn(made, 'all')).toEqual(['Case']);
    expect(codes(made)).toEqual([
      ['case', 'other-case', false],
      ['gone', 'missing-installer', true],
      ['hash', 'other-hash', true],
      ['uninstaller', 'missing-uninstaller', true],
    ]);
  });

  it('leave out a hash in capital letters, which clients take for another', () => {
    expect(codes(makeCatalogs([file('a', app('A', { installer_item_hash: HASH.toUpperCase() }))], held('A.pkg')))).toEqual([
      ['a', 'other-hash', true],
    ]);
  });

  it('name a catalog once, say so of names that differ in their case, and have none that is no file', () => {
    const made = makeCatalogs(
      [file('a', app('A', { catalogs: ['testing', 'testing', '', 'all', 'a/b', '..'] })), file('b', app('B', { catalogs: ['Testing'] }))],
      held('A.pkg', 'B.pkg'),
    );
    expect([...made.catalogs.keys()]).toEqual(['all', 'testing', 'Testing']);
    expect(namesIn(made, 'testing')).toEqual(['A']);
    expect(codes(made)).toEqual([...Array.from({ length: 4 }, () => ['a', 'bad-catalog', false]), ['b', 'catalog-case', false]]);
  });

  it('stay bounded, whatever a pkginfo file says', () => {
    const many = Array.from({ length: 21 }, (_, index) => `c${index}`);
    expect(codes(makeCatalogs([file('a', app('A', { catalogs: many }))], held('A.pkg')))).toEqual([['a', 'bad-value', true]]);
    const files = Array.from({ length: 20 }, (_, index) =>
      file(`f${index}`, app('A', { catalogs: many.slice(1).map((name) => `${name}-${index}`) })),
    );
    const made = makeCatalogs(files, held('A.pkg'));
    expect([made.catalogs.size, new Set(made.problems.map(({ code }) => code))]).toEqual([200, new Set(['bad-catalog'])]);
    const [problem] = makeCatalogs([file('a', app('A', { installer_item_location: 'x'.repeat(10_000) }))], held()).problems;
    expect(problem!.detail.length).toBeLessThan(250);
  });

  it('are without notes and keys that begin with a line', () => {
    const made = makeCatalogs([file('a', app('A', { notes: 'secret', _metadata: 'by hand', description: 'shown' }))], held('A.pkg'));
    const text = made.catalogs.get('all')!.body.toString();
    expect([text.includes('secret'), text.includes('by hand'), text.includes('shown')]).toEqual([false, false, true]);
  });

  it('are the same bytes in whatever order files come', () => {
    const files = fc.uniqueArray(
      fc.record({
        path: fc.stringMatching(/^[a-z]{1,3}$/),
        name: fc.constantFrom('A', 'B', 'C'),
        catalogs: fc.array(fc.constantFrom('testing', 'Testing', 'production', 'all', '')),
      }),
      { selector: ({ path }) => path, maxLength: 12 },
    );
    fc.assert(
      fc.property(files, fc.nat(), (list, seed) => {
        const made = (ordered: typeof list) => {
          const { catalogs, problems } = makeCatalogs(
            ordered.map(({ path, name, catalogs: names }) => file(path, app(name, { catalogs: names }))),
            held('A.pkg', 'B.pkg'),
          );
          return [[...catalogs].map(([name, { body }]) => [name, body.toString()]), problems];
        };
        const shuffled = [...list].sort((a, b) => ((a.path.charCodeAt(0) * 31 + seed) % 7) - ((b.path.charCodeAt(0) * 31 + seed) % 7));
        expect(made(shuffled)).toEqual(made(list));
      }),
      { numRuns: 300 },
    );
  });
});
