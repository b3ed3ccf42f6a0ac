import { CompoundFile } from './compound-file.js';
import { type Inspection, inspectionOf, unsigned } from './inspection-result.js';
import { signatureInCms } from './signer.js';
import { Damaged, type Source } from './source.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._';
const MOST_TABLE = 16 << 20;
const MOST_PROPERTIES = 256 << 10;
const MOST_STRING = 4_096;
const SIGNATURE = '\u0005DigitalSignature';
const SUMMARY = '\u0005SummaryInformation';
const TEMPLATE = 7;

/** An installer database of Windows: the tables Property and _SummaryInformation. */
export function inspectMsi(source: Source): Inspection {
  const file = new CompoundFile(source);
  const properties = propertiesOf(file);
  const title = properties.get('ProductName') ?? null;
  if (title === null) throw new Damaged('It is no installer database: it names no product.');
  const cms = file.stream(SIGNATURE, 1 << 20);
  return inspectionOf({
    kind: 'msi',
    title,
    title_key: properties.get('UpgradeCode')?.toLowerCase() ?? null,
    version: properties.get('ProductVersion') ?? null,
    vendor: properties.get('Manufacturer') ?? null,
    architectures: architecturesOf(file),
    packages: [
      {
        identifier: properties.get('ProductCode') ?? '',
        version: properties.get('ProductVersion') ?? null,
        install_location: null,
        bundles: [],
      },
    ],
    signature: cms === null ? unsigned : signatureInCms(cms),
  });
}

/** Names of tables as they stand in the directory: two characters in each unit from U+3800, one from U+4800, U+4840 for a table. */
function decodeName(name: string): string {
  return [...name]
    .map((char) => {
      const code = char.charCodeAt(0);
      if (code >= 0x3800 && code < 0x4800) return ALPHABET.charAt((code - 0x3800) & 0x3f) + ALPHABET.charAt(((code - 0x3800) >> 6) & 0x3f);
      if (code >= 0x4800 && code < 0x4840) return ALPHABET.charAt(code - 0x4800);
      return code === 0x4840 ? '!' : char;
    })
    .join('');
}

function tableOf(file: CompoundFile, table: string, most = MOST_TABLE): Buffer {
  const name = file.names().find((each) => decodeName(each) === `!${table}`);
  const bytes = name === undefined ? null : file.stream(name, most);
  if (bytes === null) throw new Damaged(`It is no installer database: it has no table ${table}.`);
  return bytes;
}

/** Columns stand one after the other: all names, then all values, each a number in the string pool. */
function propertiesOf(file: CompoundFile): Map<string, string> {
  const pool = tableOf(file, '_StringPool');
  const text = stringsOf(pool, tableOf(file, '_StringData'));
  const width = (pool.readUInt16LE(2) & 0x8000) === 0 ? 2 : 3;
  const table = tableOf(file, 'Property', MOST_PROPERTIES);
  const rows = Math.floor(table.length / (2 * width));
  const at = (index: number): string => text(table.readUIntLE(index * width, width));
  return new Map(Array.from({ length: rows }, (_, row) => [at(row), at(rows + row)]));
}

/** Reads a string of the pool by its number. Only those that are asked for are decoded: a pool may have millions. */
function stringsOf(pool: Buffer, data: Buffer): (number: number) => string {
  if (pool.length < 4) throw new Damaged('Its string pool is damaged.');
  const encoding = pool.readUInt16LE(0) === 65_001 ? 'utf-8' : 'windows-1252';
  const decoder = new TextDecoder(encoding);
  const ends = [0];
  let from = 0;
  for (let at = 4; at + 4 <= pool.length; at += 4) {
    let length = pool.readUInt16LE(at);
    const references = pool.readUInt16LE(at + 2);
    // Longer than 64 KiB: an entry without a length holds the upper half, the next one the lower.
    if (length === 0 && references !== 0 && at + 8 <= pool.length) {
      at += 4;
      length = references * 65_536 + pool.readUInt16LE(at);
    }
    from += length;
    ends.push(from);
  }
  if (from > data.length) throw new Damaged('Its string pool is damaged.');
  return (number) => {
    const [start, end] = [ends[number - 1] ?? 0, ends[number] ?? 0];
    return end - start > MOST_STRING ? '' : decoder.decode(data.subarray(start, end));
  };
}

/** The platform of the template `x64;1033` ([MS-OLEPS] property 7). */
function architecturesOf(file: CompoundFile): string[] {
  const bytes = file.stream(SUMMARY, 1 << 20);
  if (bytes === null) return [];
  const section = bytes.readUInt32LE(44);
  const count = Math.min(bytes.readUInt32LE(section + 4), 200);
  for (let index = 0; index < count; index++) {
    if (bytes.readUInt32LE(section + 8 + index * 8) !== TEMPLATE) continue;
    const value = section + bytes.readUInt32LE(section + 12 + index * 8);
    const length = Math.min(bytes.readUInt32LE(value + 4), 200);
    const template = bytes.toString('latin1', value + 8, value + 8 + length).replaceAll('\0', '');
    return template
      .split(';')[0]!
      .split(',')
      .filter((each) => each !== '');
  }
  return [];
}
