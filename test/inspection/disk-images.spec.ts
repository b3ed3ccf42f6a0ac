import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Outcome, runChild } from '#libs/inspection/child/run-child.js';
import type { Inspection } from '#libs/inspection/formats/inspection-result.js';
import { FUZZ_TIMES, mutated, randomOf } from '#libs/inspection/formats/mutations.testing.js';
import { infoPlist, makeDmg, makePkg } from '#libs/inspection/formats/package-makers.testing.js';
import { isLeftOut } from '../support/programs.mjs';
import { scratchDir } from '../support/services.js';
import { diskImageOf, hfsVolume } from './disk-image-makers.js';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'dist/libs/inspection/child/inspect-child.js');
const suite = isLeftOut('xorriso') || isLeftOut('7zz') ? describe.skip : describe;
const MUTATED = 60 * FUZZ_TIMES;

const bundle = (id: string, version: string, name = 'Demo'): string =>
  infoPlist().replace('com.example.demo', id).replace('>4.5<', `>${version}<`).replace('>Demo<', `>${name}<`);

suite('what is inside a disk image', () => {
  const directory = scratchDir('disk-images');
  let written = 0;

  async function outcomeOf(bytes: Buffer): Promise<Outcome> {
    const name = path.join(directory, `image-${++written}`);
    await writeFile(name, bytes, { mode: 0o600 });
    const file = await open(name);
    return runChild(file, new AbortController().signal, { run: program, directory: root, mayStartPrograms: true }).finally(() =>
      file.close(),
    );
  }

  async function inspect(bytes: Buffer): Promise<Inspection> {
    const outcome = await outcomeOf(bytes);
    if (outcome.state !== 'done') throw new Error(JSON.stringify(outcome));
    return outcome.found;
  }

  const app = { 'Demo.app/Contents/Info.plist': infoPlist(), 'Demo.app/Contents/MacOS/Demo': Buffer.alloc(300_000, 'demo') };
  const demo = {
    ...{ kind: 'dmg', title: 'Demo', title_key: 'com.example.demo', version: '4.5', min_os: '11.0', warnings: [] },
    packages: [{ identifier: 'com.example.demo', version: '4.5', bundles: [{ id: 'com.example.demo', version: '4.5' }] }],
    inside: [{ kind: 'application', path: 'Demo.app', identifier: 'com.example.demo', version: '4.5' }],
  };

  it.each(['raw', 'zlib'] as const)('names an application, from an image whose runs are %s', async (packing) => {
    const image = { packing: packing === 'raw' ? 'none' : 'zlib', file_system: 'HFS+', has_licence: false };
    expect(await inspect(diskImageOf(hfsVolume(app), packing))).toMatchObject({ ...demo, disk_image: image });
  });

  it('names the application that lies least deep, and not what is inside of it', async () => {
    const files = {
      'Demo.app/Contents/Info.plist': infoPlist(),
      'Demo.app/Contents/Frameworks/Helper.app/Contents/Info.plist': bundle('com.example.helper', '1'),
      'Extras/Another.app/Contents/Info.plist': bundle('com.example.another', '9', 'Another'),
    };
    const found = await inspect(diskImageOf(hfsVolume(files)));
    expect(found).toMatchObject({ title: 'Demo', title_key: 'com.example.demo', version: '4.5' });
    expect(found.packages.map(({ identifier }) => identifier)).toEqual(['com.example.demo', 'com.example.another']);
    expect(found.inside.map(({ path: place }) => place)).toEqual(['Demo.app', 'Extras/Another.app']);
  });

  it('reads the flat package that an image brings, and what stands in its way', async () => {
    const files = { 'Install Demo.pkg': makePkg(), 'Read me.pkg': 'no package', 'Guide.pdf': 'text' };
    const found = await inspect(diskImageOf(hfsVolume(files)));
    const { title, title_key, version, packages } = await inspect(makePkg());
    expect(title).not.toBeNull();
    expect(found).toMatchObject({ kind: 'dmg', title, title_key, version, packages });
    expect(found.warnings).toEqual([expect.stringMatching(/^DEMO\/Read me\.pkg could not be read: /)]);
  });

  it('is named after its package rather than after the application that removes it', async () => {
    const files = {
      'Install.pkg': makePkg(),
      'Demo.pkg/Contents/Info.plist': bundle('com.example.deep', '3'),
      'A.app/Contents/Info.plist': infoPlist(),
    };
    const { title_key, inside } = await inspect(diskImageOf(hfsVolume(files)));
    expect(title_key).toBe((await inspect(makePkg())).title_key);
    expect(inside.map(({ kind, path: place }) => [kind, place])).toEqual([
      ['package', 'Install.pkg'],
      ['application', 'A.app'],
      ['package', 'Demo.pkg'],
    ]);
  });

  it.each(['*.app', '[D]emo?.app', '-oDemo.app', '@list.app', 'Späße 文書.app', 'a\'b"c$(id).app'])(
    'reads %s by exactly that name',
    async (name) => {
      const files = { [`${name}/Contents/Info.plist`]: infoPlist(), 'Zother.app/Contents/Info.plist': bundle('com.example.other', '1') };
      const found = await inspect(diskImageOf(hfsVolume(files)));
      expect(found.packages.map(({ identifier }) => identifier).sort()).toEqual(['com.example.demo', 'com.example.other']);
      expect(found.warnings).toEqual([]);
    },
  );

  it('reads of many applications twenty, and says so', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`App ${index}.app/Contents/Info.plist`, bundle(`com.example.n${index}`, '1')]),
    );
    const found = await inspect(diskImageOf(hfsVolume(files)));
    expect(found.packages).toHaveLength(20);
    expect(found.warnings).toEqual(['Only 20 of the 25 bundles inside were read.']);
  });

  it('leaves out what is too large, or unpacks to too much', async () => {
    const files = { 'Huge.app/Contents/Info.plist': Buffer.alloc(9 << 20, ' '), 'Demo.app/Contents/Info.plist': infoPlist() };
    const found = await inspect(diskImageOf(hfsVolume(files)));
    expect(found).toMatchObject({ title: 'Demo', version: '4.5' });
    expect(found.warnings).toEqual(['DEMO/Huge.app/Contents/Info.plist is larger than 8 MiB and was not read.']);
  });

  it('is not known of an image that holds no file system, which is no verdict', async () => {
    const found = await inspect(makeDmg());
    expect(found).toMatchObject({ kind: 'dmg', title: null, packages: [] });
    expect(found.warnings.join()).toMatch(/^(What is inside was not read: .*)?$/);
  });

  it(`is read, damaged or not known for ${MUTATED} mutated images`, async () => {
    const original = diskImageOf(hfsVolume({ 'Demo.app/Contents/Info.plist': infoPlist(), 'Demo.pkg': makePkg() }));
    const next = randomOf(17);
    for (let round = 0; round < MUTATED; round++) {
      const outcome = await outcomeOf(mutated(original, next));
      expect(['done', 'damaged', 'refused', 'unknown_kind']).toContain(outcome.state);
      expect(outcome).not.toMatchObject({ reason: expect.stringContaining('without an answer') });
    }
  });
});
