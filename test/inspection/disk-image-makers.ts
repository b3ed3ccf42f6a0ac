import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { requireProgram } from '../support/programs.mjs';

const SECTOR = 512;
const STEP = 128 * SECTOR;
/** Types of runs in a disk image. */
const packings = { raw: 1, zlib: 0x80000005 } as const;
const END = 0xffffffff;
const HFS = 'HFSPLUS_Hybrid';

/** A volume in HFS+ with these files, by their paths. */
export function hfsVolume(files: Readonly<Record<string, string | Buffer>>, label = 'DEMO'): Buffer {
  const directory = mkdtempSync(path.join(tmpdir(), 'hfs-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(directory, 'files', name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const image = path.join(directory, 'image');
    const args = ['-as', 'mkisofs', '-quiet', '-hfsplus', '-V', label, '-o', image, path.join(directory, 'files')];
    execFileSync(requireProgram('xorriso'), args, { stdio: 'pipe' });
    return partitionOf(readFileSync(image));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The HFS+ part of a hybrid image, by its Apple partition map. */
function partitionOf(image: Buffer): Buffer {
  for (let at = SECTOR; image.toString('latin1', at, at + 2) === 'PM'; at += SECTOR) {
    if (
      !image
        .subarray(at + 16, at + 48)
        .toString('latin1')
        .startsWith(HFS)
    )
      continue;
    const [start, count] = [image.readUInt32BE(at + 8) * SECTOR, image.readUInt32BE(at + 12) * SECTOR];
    return image.subarray(start, start + count);
  }
  throw new Error('The image has no HFS+.');
}

/** A disk image (UDIF) of one volume, in runs of 64 KiB. */
export function diskImageOf(volume: Buffer, packing: keyof typeof packings = 'zlib'): Buffer {
  const sectors = volume.length / SECTOR;
  const parts: Buffer[] = [];
  const runs: Buffer[] = [];
  let packed = 0;
  for (let at = 0; at < volume.length; at += STEP) {
    const raw = volume.subarray(at, at + STEP);
    const part = packing === 'zlib' ? deflateSync(raw) : raw;
    runs.push(run(packings[packing], at / SECTOR, raw.length / SECTOR, packed, part.length));
    parts.push(part);
    packed += part.length;
  }
  runs.push(run(END, sectors, 0, packed, 0));
  const list = Buffer.from(listOf(tableOf(sectors, runs)));
  return Buffer.concat([...parts, list, trailerOf(packed, list.length, sectors)]);
}

function run(type: number, sector: number, sectors: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.writeUInt32BE(type, 0);
  for (const [index, value] of [sector, sectors, at, length].entries()) bytes.writeBigUInt64BE(BigInt(value), 8 + index * 8);
  return bytes;
}

function tableOf(sectors: number, runs: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(204);
  head.write('mish', 'latin1');
  head.writeUInt32BE(1, 4);
  head.writeBigUInt64BE(BigInt(sectors), 16);
  head.writeUInt32BE(3, 36);
  head.writeUInt32BE(runs.length, 200);
  return Buffer.concat([head, ...runs]);
}

const listOf = (table: Buffer): string =>
  `<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>resource-fork</key><dict><key>blkx</key><array><dict>
<key>Attributes</key><string>0x0050</string><key>Data</key><data>${table.toString('base64')}</data><key>ID</key><string>0</string>
<key>Name</key><string>disk image (Apple_HFS : 3)</string></dict></array></dict></dict></plist>`;

function trailerOf(packed: number, list: number, sectors: number): Buffer {
  const koly = Buffer.alloc(SECTOR);
  koly.write('koly', 'latin1');
  for (const [at, value] of [
    [4, 4],
    [8, SECTOR],
    [12, 1],
    [488, 1],
  ] as const)
    koly.writeUInt32BE(value, at);
  for (const [at, value] of [
    [32, packed],
    [216, packed],
    [224, list],
    [492, sectors],
  ] as const)
    koly.writeBigUInt64BE(BigInt(value), at);
  return koly;
}
