import type { PlistValue } from '#libs/platform/plist/plist-value.js';
import { layoutOf } from './disk-image-layout.js';

/** A block table whose runs are of these kinds. */
function table(...kinds: number[]): Buffer {
  const bytes = Buffer.alloc(204 + kinds.length * 40);
  bytes.write('mish', 'latin1');
  bytes.writeUInt32BE(kinds.length, 200);
  kinds.forEach((kind, index) => bytes.writeUInt32BE(kind, 204 + index * 40));
  return bytes;
}
const fork = (tables: readonly Buffer[], more: [string, PlistValue][] = []): PlistValue =>
  new Map<string, PlistValue>([['blkx', tables.map((data) => new Map([['Data', data]]))], ...more]);
const [ZERO, RAW, IGNORED, COMMENT, END] = [0, 1, 2, 0x7fff_fffe, 0xffff_ffff];

describe('how a disk image is made', () => {
  it.each([
    [[ZERO, RAW, END], 'none'],
    [[0x8000_0004, END], 'adc'],
    [[RAW, COMMENT, 0x8000_0005, END], 'zlib'],
    [[0x8000_0006], 'bzip2'],
    [[IGNORED, 0x8000_0007], 'lzfse'],
    [[0x8000_0008], 'lzma'],
    [[ZERO, END], null],
    [[], null],
  ] as const)('runs of the kinds %j: %s', (kinds, packing) => {
    expect(layoutOf(fork([table(), table(...kinds)]), []).packing).toBe(packing);
  });

  it.each([
    [['Protective Master Boot Record (MBR : 0)', 'disk image (Apple_APFS : 4)'], 'APFS'],
    [['disk image (Apple_HFS : 3)'], 'HFS+'],
    [['disk image (Apple_HFSX : 3)'], 'HFS+'],
    [['whole disk (Windows_FAT_32 : 1)'], 'FAT'],
    [['whole disk (Windows_NTFS : 1)'], null],
    [['disk image (Apple_Free : 1)'], null],
    [[], null],
  ])('partitions %j: %s', (names, fileSystem) => expect(layoutOf(fork([]), names).file_system).toBe(fileSystem));

  it('has a licence when its resource fork has the languages of one', () => {
    expect(layoutOf(fork([]), []).has_licence).toBe(false);
    expect(layoutOf(fork([], [['LPic', [new Map()]]]), []).has_licence).toBe(true);
  });

  it.each([
    ['nothing', null],
    ['no table', new Map<string, PlistValue>([['blkx', 'text']])],
    ['a table that is cut off', fork([table(RAW).subarray(0, 210)])],
    ['another table', fork([Buffer.alloc(500)])],
  ])('%s is no fault', (_what, value) => expect(layoutOf(value, [])).toEqual({ packing: null, file_system: null, has_licence: false }));

  it('does not trust the number of runs', () => {
    const many = table(RAW);
    many.writeUInt32BE(0xffff_ffff, 200);
    expect(layoutOf(fork([many]), []).packing).toBe('none');
  });
});
