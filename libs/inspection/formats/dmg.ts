import type { PlistValue } from '#libs/platform/plist/plist-value.js';
import { type DiskImageReader, nothingInside, readInsides } from './disk-image-insides.js';
import { child, layoutOf } from './disk-image-layout.js';
import { type Inspection, inspectionOf, type Signature, unsigned } from './inspection-result.js';
import { plistIn } from './plist.js';
import { signatureInCms } from './signer.js';
import { Damaged, OverLimit, type Source } from './source.js';

export const KOLY = 512;
const MOST_PLIST = 8 << 20;
const MOST_SIGNATURE = 1 << 20;
const MOST_BLOBS = 100;
const SUPER_BLOB = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const NO_READER = 'What is inside was not read: install 7-Zip (the program 7zz) on this server, and have it inspected again.';
const slots = { codeDirectory: 0, ticket: 0x10002, cms: 0x10000 } as const;

/** Whether the last 512 bytes of a file are the trailer of a disk image. */
export const isTrailer = (last: Buffer): boolean => last.length === KOLY && last.toString('latin1', 0, 4) === 'koly';

export const isDmg = (source: Source): boolean => source.size >= KOLY && isTrailer(source.read(source.size - KOLY, KOLY));

/** A disk image of macOS (UDIF): its trailer, its partitions, its signature, and with a reader what is inside. */
export function inspectDmg(source: Source, reader: DiskImageReader | null): Inspection {
  const koly = source.read(source.size - KOLY, KOLY);
  if (koly.readUInt32BE(4) !== 4 || koly.readUInt32BE(8) !== KOLY) throw new Damaged('Its trailer is damaged.');
  const fork = forkOf(source, koly);
  const partitions = partitionsOf(fork);
  const { signature, stapled } = signatureOf(source, koly);
  const isReadable = partitions.some((name) => /Apple_(?:HFS|HFSX|APFS)|Apple_UFS|Windows|DOS_FAT/.test(name));
  const insides = reader ? readInsides(reader, source) : { ...nothingInside, warnings: [NO_READER] };
  const warnings = [...(isReadable ? [] : ['It names no file system that macOS mounts.']), ...insides.warnings];
  return inspectionOf({ ...insides, kind: 'dmg', disk_image: layoutOf(fork, partitions), signature, stapled, warnings });
}

/** The resource fork that macOS keeps beside the blocks; null when there is none. */
function forkOf(source: Source, koly: Buffer): PlistValue | null {
  const [at, length] = [koly.readBigUInt64BE(216), koly.readBigUInt64BE(224)];
  if (length === 0n) return null;
  if (length > MOST_PLIST) throw new OverLimit('Its list of partitions is too large.');
  const fork = child(plistIn(source.read(Number(at), Number(length))), 'resource-fork');
  if (fork === null) throw new Damaged('Its list of partitions is damaged.');
  return fork;
}

function partitionsOf(fork: PlistValue | null): string[] {
  if (fork === null) return [];
  const blocks = child(fork, 'blkx');
  if (!Array.isArray(blocks)) throw new Damaged('Its list of partitions is damaged.');
  return blocks.map((block) => child(block, 'Name')).filter((name) => typeof name === 'string');
}

function signatureOf(source: Source, koly: Buffer): { signature: Signature; stapled: boolean } {
  const [at, length] = [koly.readBigUInt64BE(296), koly.readBigUInt64BE(304)];
  if (length === 0n) return { signature: unsigned, stapled: false };
  if (length > MOST_SIGNATURE) throw new OverLimit('Its signature is too large.');
  const blobs = blobsOf(source.read(Number(at), Number(length)));
  const cms = blobs.get(slots.cms);
  const signer = cms && cms.length > 8 ? signatureInCms(cms.subarray(8)) : { ...unsigned, state: 'present' as const };
  const team = teamOf(blobs.get(slots.codeDirectory));
  return { signature: { ...signer, team_id: team ?? signer.team_id }, stapled: blobs.has(slots.ticket) };
}

/** The parts of a signature by their slot (cs_blobs.h). */
function blobsOf(bytes: Buffer): Map<number, Buffer> {
  if (bytes.length < 12 || bytes.readUInt32BE(0) !== SUPER_BLOB) throw new Damaged('Its signature is damaged.');
  const count = bytes.readUInt32BE(8);
  if (count > MOST_BLOBS || 12 + count * 8 > bytes.length) throw new Damaged('Its signature is damaged.');
  const found = new Map<number, Buffer>();
  for (let index = 0; index < count; index++) {
    const [slot, at] = [bytes.readUInt32BE(12 + index * 8), bytes.readUInt32BE(16 + index * 8)];
    if (at + 8 > bytes.length) throw new Damaged('Its signature points outside itself.');
    const length = bytes.readUInt32BE(at + 4);
    if (length < 8 || at + length > bytes.length) throw new Damaged('Its signature points outside itself.');
    found.set(slot, bytes.subarray(at, at + length));
  }
  return found;
}

/** The team of a code directory of version 0x20200 or later. */
function teamOf(directory: Buffer | undefined): string | null {
  if (!directory || directory.length < 52 || directory.readUInt32BE(0) !== CODE_DIRECTORY || directory.readUInt32BE(8) < 0x20200)
    return null;
  const at = directory.readUInt32BE(48);
  const team = directory.toString('latin1', at, at + 10);
  return at > 0 && /^[A-Z0-9]{10}$/.test(team) ? team : null;
}
