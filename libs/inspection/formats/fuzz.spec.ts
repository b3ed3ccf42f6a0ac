import { gzipSync } from 'node:zlib';
import { FUZZ_TIMES, mutated, randomOf } from './mutations.testing.js';
import { inspectSource } from './inspect-source.js';
import { infoPlist, makeArchive, makeDeb, makeDmg, makePkg, makeRpm, makeSigner, makeZip } from './package-makers.testing.js';
import { Damaged, OverLimit } from './source.js';
import { sourceOf } from './source.testing.js';
import { makeCms, makeExe, makeMsi } from './windows-makers.testing.js';

const FILES = 3_000 * FUZZ_TIMES;

const signer = makeSigner();
const cms = makeCms(signer);

/** Of each format what is mutated, in turn; the last one only every tenth time, since reading certificates takes long. */
const originals: readonly (readonly [string, readonly Buffer[]])[] = [
  ['pkg', [makePkg(), makePkg({ signer, isStapled: true })]],
  ['dmg', [makeDmg(), makeDmg(cms)]],
  ['zip', [makeZip({ 'Demo.app/Contents/Info.plist': infoPlist(), 'Demo.app/Contents/CodeResources': 'ticket' })]],
  ['msi', [makeMsi(), makeMsi({ others: Array.from({ length: 600 }, (_, index) => `text ${index}`) }), makeMsi({ cms })]],
  ['deb', [await makeDeb()]],
  ['rpm', [makeRpm()]],
  ['exe', [makeExe(), makeExe({ cms })]],
];

describe(`${FILES} mutated files`, () => {
  it.each(originals)('of %s are read, damaged or over a limit, and nothing else', async (kind, files) => {
    const next = randomOf(kind.charCodeAt(0) * 256 + kind.charCodeAt(1));
    const others: { error: unknown; base64: string }[] = [];
    const seen = { read: 0, refused: 0 };
    for (let round = 0; round < FILES; round++) {
      const bytes = mutated(files.at(round % 10 === 0 ? -1 : round % Math.max(1, files.length - 1))!, next);
      await inspectSource(sourceOf(bytes)).then(
        () => seen.read++,
        (error: unknown) => {
          seen.refused++;
          if (!(error instanceof Damaged || error instanceof OverLimit)) others.push({ error, base64: bytes.toString('base64') });
        },
      );
    }
    expect(others).toEqual([]);
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(FILES / 100); // the changes hit, and not everything
  });

  it('of packed parts are, too: of what is unpacked, the insides are changed', async () => {
    const next = randomOf(7);
    const plist = Buffer.from(infoPlist());
    for (let round = 0; round < FILES; round++) {
      const inside = mutated(plist, next);
      const file =
        round % 2 === 0 ? makeZip({ 'Demo.app/Contents/Info.plist': inside }) : makePkg({ distribution: inside.toString('utf8') });
      await inspectSource(sourceOf(file)).catch((error: unknown) => {
        if (!(error instanceof Damaged || error instanceof OverLimit)) throw error;
      });
    }
  });
});

describe('a bomb', () => {
  const refused = async (bytes: Buffer): Promise<Error> =>
    inspectSource(sourceOf(bytes)).then(
      () => new Error('It was read.'),
      (error: unknown) => error as Error,
    );

  it('that unpacks a thousandfold, and again inside, is not unpacked', async () => {
    const inner = gzipSync(Buffer.alloc(256 << 20), { level: 9 });
    const debOf = (bytes: Buffer): Buffer => makeArchive({ 'debian-binary': Buffer.from('2.0\n'), 'control.tar.gz': bytes });
    for (const packed of [inner, gzipSync(inner)]) expect(await refused(debOf(packed))).not.toEqual(new Error('It was read.'));
    expect(await refused(debOf(inner))).toBeInstanceOf(OverLimit);
  });

  it.each([
    ['says that its table of contents is of 2^40 bytes', { statedLength: 2n ** 40n }],
    ['has a million files', { editToc: (toc: string) => toc.replace('</toc>', `${'<file/>'.repeat(1_000_000)}</toc>`) }],
    [
      'has 600 components in 100,000 files',
      {
        editToc: (toc: string) =>
          toc.replace('</toc>', `${'<file><name>PackageInfo</name></file>'.repeat(600)}${'<file/>'.repeat(100_000)}</toc>`),
      },
    ],
    [
      'has names of a hundred megabytes in a path',
      { editToc: (toc: string) => toc.replace('<name>demo.pkg', `<name>${'n'.repeat(20 << 20)}`) },
    ],
  ])('that %s is refused', async (_what, options) => {
    expect(await refused(makePkg(options))).toBeInstanceOf(OverLimit);
  });

  it('of nested values is refused, in property lists and in signatures', async () => {
    const deep = 100_000;
    const plist = infoPlist(`<key>a</key>${'<array>'.repeat(deep)}${'</array>'.repeat(deep)}`);
    expect(await refused(makeZip({ 'Demo.app/Contents/Info.plist': plist }))).toBeInstanceOf(OverLimit);
    const endless = Buffer.from('3080'.repeat(deep), 'hex');
    expect(await refused(makeExe({ cms: endless }))).toBeInstanceOf(Damaged);
    expect(await refused(makeDmg(endless))).toBeInstanceOf(Damaged);
  });

  it('of one long text that ten thousand keys name is refused', async () => {
    const count = 10_000;
    const keys = Array.from({ length: count }, (_, index) =>
      Buffer.concat([Buffer.from([0x54]), Buffer.from(String(index).padStart(4, '0'))]),
    );
    const text = Buffer.concat([Buffer.from('5f12', 'hex'), Buffer.from('0000ffff', 'hex'), Buffer.alloc(0xffff, 'x')]);
    const dict = Buffer.alloc(4 + count * 4);
    dict.write('df11', 'hex');
    dict.writeUInt16BE(count, 2);
    for (let index = 0; index < count; index++) {
      dict.writeUInt16BE(index, 4 + index * 2);
      dict.writeUInt16BE(count, 4 + count * 2 + index * 2);
    }
    const objects = [...keys, text, dict];
    const offsets = Buffer.alloc(objects.length * 4);
    let at = 8;
    for (const [index, { length }] of objects.entries()) {
      offsets.writeUInt32BE(at, index * 4);
      at += length;
    }
    const trailer = Buffer.alloc(32);
    trailer[6] = 4;
    trailer[7] = 2;
    for (const [place, value] of [objects.length, objects.length - 1, at].entries()) trailer.writeBigUInt64BE(BigInt(value), 8 + place * 8);
    const plist = Buffer.concat([Buffer.from('bplist00'), ...objects, offsets, trailer]);
    expect(await refused(makeZip({ 'Demo.app/Contents/Info.plist': plist }))).toEqual(
      new OverLimit('A property list in it: The property list expands to more than 8388608 bytes.'),
    );
  });
});
