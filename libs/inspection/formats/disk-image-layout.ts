import type { PlistValue } from '#libs/platform/plist/plist-value.js';
import type { DiskImageFacts, DiskImagePacking } from './inspection-result.js';

const HEAD = 204;
const RUN = 40;
/** Kinds of runs in a block table (`mish`) by which an image is packed; others are zeros, comments and the end. */
const packingOf = new Map<number, DiskImagePacking>([
  [0x0000_0001, 'none'],
  [0x8000_0004, 'adc'],
  [0x8000_0005, 'zlib'],
  [0x8000_0006, 'bzip2'],
  [0x8000_0007, 'lzfse'],
  [0x8000_0008, 'lzma'],
]);
/** Runs of one table that are looked at: an image is packed in one way. */
const MOST_RUNS = 4_096;

export const child = (value: PlistValue | null, key: string): PlistValue | null => (value instanceof Map ? (value.get(key) ?? null) : null);

/** How an image is packed, which file system it has and whether it asks for agreement to a licence, by its resource fork. */
export function layoutOf(fork: PlistValue | null, names: readonly string[]): DiskImageFacts {
  const blocks = child(fork, 'blkx');
  const tables = (Array.isArray(blocks) ? blocks : []).map((block) => child(block, 'Data'));
  const found = new Set(tables.flatMap((table) => (Buffer.isBuffer(table) ? packingsIn(table) : [])));
  const packed = [...found].find((packing) => packing !== 'none');
  return {
    packing: packed ?? (found.has('none') ? 'none' : null),
    file_system: fileSystemOf(names),
    has_licence: Array.isArray(child(fork, 'LPic')),
  };
}

function packingsIn(table: Buffer): DiskImagePacking[] {
  if (table.length < HEAD || table.toString('latin1', 0, 4) !== 'mish') return [];
  const runs = Math.min(table.readUInt32BE(200), Math.floor((table.length - HEAD) / RUN), MOST_RUNS);
  const kinds = Array.from({ length: runs }, (_, index) => packingOf.get(table.readUInt32BE(HEAD + index * RUN)));
  return [...new Set(kinds)].filter((kind) => kind !== undefined);
}

/** Partitions are named like `disk image (Apple_APFS : 4)`. */
function fileSystemOf(names: readonly string[]): DiskImageFacts['file_system'] {
  const all = names.join('\n');
  if (/Apple_APFS/.test(all)) return 'APFS';
  if (/Apple_HFSX?\b/.test(all)) return 'HFS+';
  return /Windows_FAT|DOS_FAT/.test(all) ? 'FAT' : null;
}
