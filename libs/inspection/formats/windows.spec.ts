import type { Inspection } from './inspection-result.js';
import { inspectSource } from './inspect-source.js';
import { makeSigner } from './package-makers.testing.js';
import { Damaged, OverLimit } from './source.js';
import { sourceOf } from './source.testing.js';
import { makeCms, makeCompoundFile, makeExe, makeMsi } from './windows-makers.testing.js';

const inspect = (bytes: Buffer): Promise<Inspection | null> => inspectSource(sourceOf(bytes));

const signer = makeSigner();
const cms = makeCms(signer);
const signature = {
  state: 'present',
  common_name: 'Developer ID Installer: Example (ABCDE12345)',
  team_id: 'ABCDE12345',
  apple_anchor: false,
};

describe('an installer database', () => {
  it('is read with its product, platform and the signer that it names', async () => {
    expect(await inspect(makeMsi({ cms }))).toMatchObject({
      ...{ kind: 'msi', title: 'Demo für Windows', version: '1.2.3', vendor: 'Example Ltd', architectures: ['x64'], signature },
      title_key: '{aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee}',
      packages: [{ identifier: '{11111111-2222-3333-4444-555555555555}', version: '1.2.3' }],
    });
  });

  it('needs no signature, and may have tables of many sectors', async () => {
    const others = Array.from({ length: 3_000 }, (_, index) => `text number ${index}`);
    expect(await inspect(makeMsi({ others }))).toMatchObject({
      title: 'Demo für Windows',
      version: '1.2.3',
      signature: { state: 'unsigned' },
    });
  });

  it('names a product, or is none', async () => {
    await expect(inspect(makeMsi({ properties: { Manufacturer: 'x' } }))).rejects.toThrow('names no product');
    await expect(inspect(makeCompoundFile({ WordDocument: Buffer.alloc(100) }))).rejects.toThrow('has no table _StringPool');
  });

  it('is damaged when cut off, and when its directory or its sectors form a circle', async () => {
    const msi = makeMsi({ others: ['x'.repeat(5_000)] });
    await expect(inspect(msi.subarray(0, 2_000))).rejects.toThrow(Damaged);
    const directory = (msi.readUInt32LE(48) + 1) * 512;
    const circle = Buffer.from(msi);
    circle.writeUInt32LE(1, directory + 128 + 72); // the right sibling of the first entry is that entry
    await expect(inspect(circle)).rejects.toThrow('directory forms a circle');
    const fat = (msi.readUInt32LE(76) + 1) * 512;
    const chained = Buffer.from(msi);
    for (let at = fat; at < fat + 512; at += 4) if (chained.readUInt32LE(at) < 0xfffffffd) chained.writeUInt32LE(0, at);
    chained.writeUInt32LE(0, fat); // the first sector is followed by the first
    await expect(inspect(chained)).rejects.toThrow('sectors form a circle');
    const lists = Buffer.from(msi);
    lists.writeUInt32LE(0, 68); // more of its FAT stands in the first sector, which is also the next one
    lists.writeUInt32LE(0, 512 + 508);
    await expect(inspect(lists)).rejects.toThrow('circle');
  });

  it('is not read when a table is larger than an inspection may read', async () => {
    const msi = makeMsi();
    msi.writeUInt32LE(1 << 25, (msi.readUInt32LE(48) + 1) * 512 + 128 + 120);
    await expect(inspect(msi)).rejects.toThrow(OverLimit);
  });
});

describe('a program of Windows', () => {
  it('is read with its version resource and the signer that it names', async () => {
    const known = { kind: 'exe', title: 'Demo für Windows', version: '1.2.3', vendor: 'Example Ltd', architectures: ['x64'] };
    expect(await inspect(makeExe({ cms }))).toMatchObject({ ...known, signature });
    expect(await inspect(makeExe())).toMatchObject({ ...known, signature: { state: 'unsigned', common_name: null } });
  });

  it('takes the version of the file where it names none of the product', async () => {
    expect(await inspect(makeExe({ texts: { FileVersion: '7.1' } }))).toMatchObject({ title: null, version: '7.1', vendor: null });
  });

  it('is damaged when cut off, or when its resources point outside it or at themselves', async () => {
    const exe = makeExe();
    for (const length of [40, 100, 400, 600]) await expect(inspect(exe.subarray(0, length))).rejects.toThrow(Damaged);
    const outside = Buffer.from(exe);
    outside.writeUInt32LE(0x7000, 88 + 112 + 16);
    await expect(inspect(outside)).rejects.toThrow('outside the file');
    const flat = Buffer.from(exe);
    flat.writeUInt32LE(24, 512 + 20); // the first level leads to data where another level is expected
    await expect(inspect(flat)).rejects.toThrow('resources are damaged');
  });

  it('is not verified: a signature that cannot be read is damage, one of another kind is only present', async () => {
    await expect(inspect(makeExe({ cms: Buffer.from('no certificate') }))).rejects.toThrow('Its signature cannot be read');
    const other = makeExe({ cms });
    other.writeUInt16LE(1, other.readUInt32LE(88 + 112 + 32) + 6);
    expect(await inspect(other)).toMatchObject({ signature: { state: 'present', common_name: null } });
  });
});
