import type { Inspection } from './inspection-result.js';
import { inspectSource, isOfKnownKind } from './inspect-source.js';
import { infoPlist, makeDeb, makeDmg, makePkg, makeRpm, makeSigner, makeZip } from './package-makers.testing.js';
import { Damaged, OverLimit } from './source.js';
import { sourceOf } from './source.testing.js';
import { makeCms } from './windows-makers.testing.js';

const inspect = (bytes: Buffer): Promise<Inspection | null> => inspectSource(sourceOf(bytes));

const flip = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
};

describe('a flat package', () => {
  const signer = makeSigner();
  const signed = makePkg({ signer, isStapled: true });

  it('is read with its components, its signer and its ticket', async () => {
    expect(await inspect(signed)).toMatchObject({
      ...{ kind: 'product_archive', title: 'Demo App', title_key: 'com.example.demo', version: '1.2.3', min_os: '12.0' },
      ...{ architectures: ['x86_64', 'arm64'], install_kb: 42, restart: true, has_scripts: true, stapled: true },
      packages: [
        { identifier: 'com.example.demo', version: '1.2.3', install_location: '/Applications', bundles: [{ id: 'com.example.Demo' }] },
      ],
      signature: {
        state: 'valid',
        team_id: 'ABCDE12345',
        common_name: 'Developer ID Installer: Example (ABCDE12345)',
        apple_anchor: false,
      },
    });
  });

  it('is broken when its signature, or the digest in it, is another', async () => {
    const heap = 28 + Number(signed.readBigUInt64BE(8));
    for (const at of [heap + 3, heap + 40]) expect((await inspect(flip(signed, at)))?.signature.state).toBe('broken');
  });

  it('is incomplete when its chain leads to no root', async () => {
    const alone = makePkg({ signer: { ...signer, chain: signer.chain.slice(0, 1) } });
    expect((await inspect(alone))?.signature.state).toBe('incomplete');
  });

  it('needs no signature', async () => {
    expect(await inspect(makePkg())).toMatchObject({ stapled: false, signature: { state: 'unsigned', chain: [] } });
  });

  it('is damaged when cut off, and when the stated length is not the real one', async () => {
    await expect(inspect(signed.subarray(0, 400))).rejects.toThrow(Damaged);
    await expect(inspect(makePkg({ statedLength: 50n }))).rejects.toThrow('another length');
    await expect(inspect(makePkg({ editToc: (toc) => toc.replace(/<offset>\d+/g, '<offset>99999999') }))).rejects.toThrow(
      'outside the file',
    );
  });

  it.each([
    ['states a table of contents of a terabyte', { statedLength: 2n ** 40n }],
    ['has a table of contents that unpacks a thousandfold', { editToc: (toc: string) => toc + ' '.repeat(9 << 20) }],
    ['has more than 200,000 files', { editToc: (toc: string) => toc.replace('</toc>', `${'<file/>'.repeat(200_001)}</toc>`) }],
    [
      'nests files deeper than 64',
      { editToc: (toc: string) => toc.replace('</toc>', `${'<file>'.repeat(100)}${'</file>'.repeat(100)}</toc>`) },
    ],
    ['declares entities', { editToc: (toc: string) => toc.replace('<xar>', '<!DOCTYPE x [<!ENTITY a "b">]><xar>') }],
    ['has a Distribution that unpacks a thousandfold', { distribution: ' '.repeat(9 << 20) }],
  ])('is not read when it %s', async (_what, options) => {
    await expect(inspect(makePkg(options))).rejects.toThrow(OverLimit);
  });
});

describe('other kinds', () => {
  it('deb', async () => {
    const known = { kind: 'deb', title: 'hello', title_key: 'hello', version: '2.10-3', architectures: ['amd64'], install_kb: 280 };
    expect(await inspect(await makeDeb())).toMatchObject({ ...known, has_scripts: true, vendor: 'A <a@example.net>' });
    await expect(inspect(await makeDeb('Version: 1\n'))).rejects.toThrow('names no package');
    await expect(inspect(await makeDeb(`Package: x\n${' '.repeat(4 << 20)}`))).rejects.toThrow(OverLimit);
  });

  it('rpm', async () => {
    const known = { kind: 'rpm', title: 'hello', version: '2.12-1.el9', architectures: ['x86_64'], vendor: 'Example' };
    expect(await inspect(makeRpm())).toMatchObject({ ...known, signature: { state: 'present' } });
  });

  it('zip of an application', async () => {
    const info = 'Demo.app/Contents/Info.plist';
    const zip = makeZip({ [info]: infoPlist(), 'Demo.app/Contents/Frameworks/A.app/Contents/Info.plist': 'no plist' });
    expect(await inspect(zip)).toMatchObject({
      kind: 'app_zip',
      title: 'Demo',
      title_key: 'com.example.demo',
      version: '4.5',
      min_os: '11.0',
    });
    expect(await inspect(makeZip({ 'readme.txt': 'x' }))).toBeNull();
    const deep = infoPlist(`<key>a</key>${'<array>'.repeat(100_000)}${'</array>'.repeat(100_000)}`);
    await expect(inspect(makeZip({ [info]: deep }))).rejects.toThrow('64 levels');
  });

  it('dmg', async () => {
    expect(await inspect(makeDmg())).toMatchObject({
      kind: 'dmg',
      warnings: [expect.stringContaining('7zz')],
      signature: { state: 'unsigned' },
    });
    const signature = { state: 'present', team_id: 'ABCDE12345', common_name: 'Developer ID Installer: Example (ABCDE12345)' };
    expect(await inspect(makeDmg(makeCms(makeSigner())))).toMatchObject({ kind: 'dmg', signature });
  });

  it('unknown, and empty', async () => {
    expect(await inspect(Buffer.from('just text'))).toBeNull();
    expect(await inspect(Buffer.alloc(0))).toBeNull();
  });
});

describe('isOfKnownKind', () => {
  const trailer = Buffer.concat([Buffer.from('koly'), Buffer.alloc(508)]);
  it.each([
    ['a flat package', Buffer.from('xar!\0\0\0\0'), Buffer.alloc(512), true],
    ['an executable', Buffer.from('MZ'), Buffer.from('MZ'), true],
    ['a disk image, by its trailer', Buffer.alloc(8), trailer, true],
    ['a trailer that is cut', Buffer.alloc(8), trailer.subarray(0, 100), false],
    ['text', Buffer.from('just tex'), Buffer.from('just text'), false],
    ['an empty file', Buffer.alloc(0), Buffer.alloc(0), false],
  ])('%s', (_what, first, last, expected) => {
    expect(isOfKnownKind(first, last)).toBe(expected);
  });
});
