import { type Inspection, inspectionOf, type Signature, unsigned } from './inspection-result.js';
import { signatureInCms } from './signer.js';
import { Damaged, OverLimit, type Source } from './source.js';

const SECTION = 40;
const VERSION_TYPE = 16;
const MOST_VERSION = 64 << 10;
const MOST_SIGNATURE = 1 << 20;
const machines: Readonly<Record<number, string>> = { 0x14c: 'x86', 0x8664: 'x64', 0xaa64: 'arm64' };

interface Section {
  readonly address: number;
  readonly bytes: number;
  readonly at: number;
}

/** A program of Windows: its version resource and its signer (PE Format, Microsoft). */
export function inspectExe(source: Source): Inspection {
  const at = source.read(0, 64).readUInt32LE(60);
  const head = source.read(at, 26);
  if (head.toString('latin1', 0, 4) !== 'PE\0\0') throw new Damaged('Its header is damaged.');
  const [sections, optional] = [head.readUInt16LE(6), head.readUInt16LE(20)];
  if (sections > 96) throw new Damaged('Its header is damaged.');
  const options = source.read(at + 24, optional);
  const directories = head.readUInt16LE(24) === 0x20b ? 112 : 96;
  const directory = (index: number): readonly [number, number] =>
    directories + index * 8 + 8 <= options.length
      ? [options.readUInt32LE(directories + index * 8), options.readUInt32LE(directories + index * 8 + 4)]
      : [0, 0];
  const table = source.read(at + 24 + optional, sections * SECTION);
  const texts = versionTexts(source, sectionsOf(table), directory(2)[0]);
  const arch = machines[head.readUInt16LE(4)];
  return inspectionOf({
    kind: 'exe',
    title: texts.get('ProductName') ?? null,
    version: texts.get('ProductVersion') ?? texts.get('FileVersion') ?? null,
    vendor: texts.get('CompanyName') ?? null,
    architectures: arch === undefined ? [] : [arch],
    signature: authenticode(source, ...directory(4)),
  });
}

function sectionsOf(table: Buffer): Section[] {
  return Array.from({ length: table.length / SECTION }, (_, index) => {
    const [address, bytes, at] = [12, 16, 20].map((field) => table.readUInt32LE(index * SECTION + field)) as [number, number, number];
    return { address, bytes, at };
  });
}

function offsetOf(sections: readonly Section[], address: number): number {
  const section = sections.find((each) => address >= each.address && address < each.address + each.bytes);
  if (!section) throw new Damaged('It points outside the file.');
  return section.at + address - section.address;
}

/** The first version resource: type, name, language, data. */
function versionTexts(source: Source, sections: readonly Section[], address: number): Map<string, string> {
  if (address === 0) return new Map();
  const root = offsetOf(sections, address);
  let entry = entryIn(source, root, VERSION_TYPE);
  for (let level = 0; level < 2 && entry !== null; level++) {
    if ((entry & 0x80000000) === 0) throw new Damaged('Its resources are damaged.');
    entry = entryIn(source, root + (entry & 0x7fffffff), null);
  }
  if (entry === null) return new Map();
  const data = source.read(root + entry, 8);
  const length = data.readUInt32LE(4);
  if (length > MOST_VERSION) throw new OverLimit('Its version resource is too large.');
  return textsIn(source.read(offsetOf(sections, data.readUInt32LE(0)), length));
}

/** Where the entry with that id leads, or the first one. */
function entryIn(source: Source, at: number, id: number | null): number | null {
  const head = source.read(at, 16);
  const count = Math.min(head.readUInt16LE(12) + head.readUInt16LE(14), 4_096);
  const entries = source.read(at + 16, count * 8);
  for (let index = 0; index < count; index++)
    if (id === null || entries.readUInt32LE(index * 8) === id) return entries.readUInt32LE(index * 8 + 4);
  return null;
}

const wanted = ['ProductName', 'ProductVersion', 'FileVersion', 'CompanyName'];

/** VS_VERSIONINFO: a String is length, length of its value, type, key, padding to four bytes, value. */
function textsIn(resource: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  for (const key of wanted) {
    const name = Buffer.from(`${key}\0`, 'utf16le');
    const at = resource.indexOf(name);
    if (at < 6 || at % 2 !== 0) continue;
    const words = resource.readUInt16LE(at - 4);
    const from = Math.ceil((at + name.length) / 4) * 4;
    const text = resource
      .toString('utf16le', from, Math.min(resource.length, from + words * 2))
      .split('\0')[0]!
      .trim();
    if (text !== '') found.set(key, text);
  }
  return found;
}

/** The attribute certificate table: length, revision, type 2 is PKCS #7. It lies at a place in the file, not at an address. */
function authenticode(source: Source, at: number, bytes: number): Signature {
  if (at === 0 || bytes < 8) return unsigned;
  if (bytes > MOST_SIGNATURE) throw new OverLimit('Its signature is too large.');
  const table = source.read(at, bytes);
  const length = table.readUInt32LE(0);
  if (table.readUInt16LE(6) !== 2 || length < 8 || length > bytes) return { ...unsigned, state: 'present' };
  return signatureInCms(table.subarray(8, length));
}
