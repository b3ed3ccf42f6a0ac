import { inspectDeb } from './deb.js';
import { inspectDmg, isDmg, isTrailer } from './dmg.js';
import type { DiskImageReader } from './disk-image-insides.js';
import { inspectExe } from './exe.js';
import { inspectFlatPackage } from './flat-package.js';
import type { Inspection } from './inspection-result.js';
import { inspectMsi } from './msi.js';
import { inspectRpm } from './rpm.js';
import { Damaged, type Source } from './source.js';
import { inspectZip } from './zip.js';

type Inspector = (source: Source) => Inspection | null | Promise<Inspection | null>;

/** By the first bytes, in hex. */
const byMagic: readonly (readonly [string, Inspector])[] = [
  ['78617221', inspectFlatPackage],
  ['213c617263683e0a', inspectDeb],
  ['edabeedb', inspectRpm],
  ['d0cf11e0a1b11ae1', inspectMsi],
  ['504b0304', inspectZip],
  ['4d5a', inspectExe],
];

/** Reads what a file says of itself; null for kinds that are not known. Throws Damaged and OverLimit. */
export async function inspectSource(source: Source, diskImages: DiskImageReader | null = null): Promise<Inspection | null> {
  try {
    return await inspectKnown(source, diskImages);
  } catch (error) {
    // Reading past the end of a part of the file: every reader of numbers throws this. By its name, since Node's own may be of another realm.
    const { name, message } = error as Error;
    throw name === 'RangeError' ? new Damaged(`A part of it points outside itself: ${message}`) : error;
  }
}

/** What `isOfKnownKind` needs to see of a file, in bytes. */
export const SEEN = { first: 8, last: 512 } as const;

const inspectorFor = (first: Buffer): Inspector | undefined => byMagic.find(([magic]) => first.toString('hex').startsWith(magic))?.[1];

/** Whether there is anything to read, from the first and the last bytes of a file alone: compares them and parses nothing. */
export const isOfKnownKind = (first: Buffer, last: Buffer): boolean => inspectorFor(first) !== undefined || isTrailer(last);

async function inspectKnown(source: Source, diskImages: DiskImageReader | null): Promise<Inspection | null> {
  const known = inspectorFor(source.read(0, Math.min(SEEN.first, source.size)));
  if (known) return known(source);
  return isDmg(source) ? inspectDmg(source, diskImages) : null;
}
