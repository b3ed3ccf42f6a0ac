import { type DiskImageReader, readInsides } from './disk-image-insides.js';
import { infoPlist } from './package-makers.testing.js';
import { Source } from './source.js';

const inside = (...paths: string[]): string[] => {
  const plist = Buffer.from(infoPlist());
  const reader: DiskImageReader = { list: () => paths.map((path) => ({ path, size: plist.length })), extract: () => plist };
  return readInsides(reader, new Source({ size: 0, read: () => Buffer.alloc(0) })).inside.map(({ path }) => path);
};
const info = (bundle: string): string => `${bundle}/Contents/Info.plist`;

describe('paths of what is inside a disk image', () => {
  it.each([
    ['below the name of their volume', [info('Demo 1/Demo.app'), info('Demo 1/Extras/Other.app')], ['Demo.app', 'Extras/Other.app']],
    ['in a file system that is listed without its name', [info('Demo.app'), info('Extras/Other.app')], ['Demo.app', 'Extras/Other.app']],
    ['with one application alone', [info('Demo.app')], ['Demo.app']],
    ['too deep', [info('Demo 1/a/b/Demo.app')], []],
    ['of none', [], []],
  ])('%s', (_where, paths, expected) => expect(inside(...paths)).toEqual(expected));
});
