import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Signer } from './package-makers.testing.js';

export const pem = (kind: string, base64: string): string =>
  `-----BEGIN ${kind}-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END ${kind}-----\n`;

/** A CMS SignedData with the certificates of a signer, as installers and disk images carry it. */
export function makeCms({ key, chain }: Signer): Buffer {
  const cwd = mkdtempSync(path.join(tmpdir(), 'ods-cms-'));
  const write = (name: string, text: string): void => writeFileSync(path.join(cwd, name), text);
  write('leaf.key', key);
  write('leaf.pem', pem('CERTIFICATE', chain[0]!));
  write('ca.pem', pem('CERTIFICATE', chain[1]!));
  write('content', 'content');
  const args = ['cms', '-sign', '-binary', '-nodetach', '-in', 'content', '-outform', 'DER', '-out', 'cms'];
  execFileSync('openssl', [...args, '-signer', 'leaf.pem', '-inkey', 'leaf.key', '-certfile', 'ca.pem'], { cwd, stdio: 'pipe' });
  const cms = readFileSync(path.join(cwd, 'cms'));
  rmSync(cwd, { recursive: true });
  return cms;
}

const SECTOR = 512;
const END = 0xfffffffe;
const FREE = 0xffffffff;

const padded = (bytes: Buffer, unit: number): Buffer => Buffer.concat([bytes, Buffer.alloc((unit - (bytes.length % unit)) % unit)]);
const numbers = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
};
const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
};

function directoryEntry(name: string, type: number, links: { right?: number; child?: number }, start: number, size: number): Buffer {
  const entry = Buffer.alloc(128);
  entry.write(name, 'utf16le');
  entry.writeUInt16LE((name.length + 1) * 2, 64);
  entry[66] = type;
  entry[67] = 1;
  numbers(FREE, links.right ?? FREE, links.child ?? FREE).copy(entry, 68);
  numbers(start, size).copy(entry, 116);
  return entry;
}

/** A compound file with these streams in its root: small ones in the mini stream, as [MS-CFB] has it. */
export function makeCompoundFile(streams: Readonly<Record<string, Buffer>>): Buffer {
  const sectors: Buffer[] = [];
  const fat: number[] = [];
  const add = (bytes: Buffer): number => {
    const first = sectors.length;
    const whole = padded(bytes, SECTOR);
    for (let at = 0; at < whole.length; at += SECTOR) {
      sectors.push(whole.subarray(at, at + SECTOR));
      fat.push(at + SECTOR < whole.length ? sectors.length : END);
    }
    return whole.length === 0 ? END : first;
  };
  const mini: Buffer[] = [];
  const miniFat: number[] = [];
  const placed = Object.entries(streams).map(([name, bytes]) => {
    if (bytes.length >= 4_096) return { name, size: bytes.length, start: add(bytes) };
    const first = miniFat.length;
    const whole = padded(bytes, 64);
    for (let at = 0; at < whole.length; at += 64) {
      mini.push(whole.subarray(at, at + 64));
      miniFat.push(at + 64 < whole.length ? miniFat.length + 1 : END);
    }
    return { name, size: bytes.length, start: whole.length === 0 ? END : first };
  });
  const miniStart = add(Buffer.concat(mini));
  const miniFatStart = add(numbers(...miniFat));
  const entries = placed.map(({ name, start, size }, index) =>
    directoryEntry(name, 2, index + 1 < placed.length ? { right: index + 2 } : {}, start, size),
  );
  const directory = add(Buffer.concat([directoryEntry('Root Entry', 5, { child: 1 }, miniStart, mini.length * 64), ...entries]));
  const fatSectors = Math.ceil((fat.length + 1) / (SECTOR / 4 - 1));
  const fatStart = sectors.length;
  for (let index = 0; index < fatSectors; index++) fat.push(0xfffffffd);
  const table = Buffer.alloc(fatSectors * SECTOR, 0xff);
  numbers(...fat).copy(table);
  const head = Buffer.alloc(SECTOR, 0xff);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(head);
  head.fill(0, 8, 24);
  words(0x3e, 3, 0xfffe, 9, 6, 0, 0, 0).copy(head, 24);
  numbers(0, fatSectors, directory, 0, 4_096, miniFatStart, 1, END, 0).copy(head, 40);
  for (let index = 0; index < fatSectors; index++) head.writeUInt32LE(fatStart + index, 76 + index * 4);
  return Buffer.concat([head, ...sectors, table]);
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._';

/** The name of a table as it stands in the directory. */
export function tableName(table: string): string {
  const codes = [...table].map((char) => ALPHABET.indexOf(char));
  const units = codes.flatMap((code, index) => {
    if (index % 2 === 1) return [];
    const next = codes[index + 1];
    return [next === undefined ? 0x4800 + code : 0x3800 + code + (next << 6)];
  });
  return String.fromCharCode(0x4840, ...units);
}

const PROPERTIES = {
  ProductName: 'Demo für Windows',
  ProductVersion: '1.2.3',
  Manufacturer: 'Example Ltd',
  ProductCode: '{11111111-2222-3333-4444-555555555555}',
  UpgradeCode: '{AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}',
};

function stringTables(texts: readonly string[]): { pool: Buffer; data: Buffer } {
  const encoded = texts.map((text) => Buffer.from(text));
  return { pool: Buffer.concat([words(65_001, 0), ...encoded.map(({ length }) => words(length, 1))]), data: Buffer.concat(encoded) };
}

function summary(template: string): Buffer {
  const text = padded(Buffer.from(`${template}\0`), 4);
  const head = Buffer.alloc(48);
  words(0xfffe, 0).copy(head);
  head.writeUInt32LE(1, 24);
  head.writeUInt32LE(48, 44);
  return Buffer.concat([head, numbers(24 + text.length, 1, 7, 16, 30, template.length + 1), text]);
}

interface MsiOptions {
  readonly properties?: Readonly<Record<string, string>>;
  /** Texts of the database that are no property: above 4 KiB they leave the mini stream. */
  readonly others?: readonly string[];
  readonly cms?: Buffer | null;
}

/** An installer database with nothing but its properties. */
export function makeMsi({ properties = PROPERTIES, others = [], cms = null }: MsiOptions = {}): Buffer {
  const names = Object.keys(properties);
  const { pool, data } = stringTables([...names, ...Object.values(properties), ...others]);
  const property = words(...names.map((_, index) => index + 1), ...names.map((_, index) => names.length + index + 1));
  return makeCompoundFile({
    [tableName('_StringPool')]: pool,
    [tableName('_StringData')]: data,
    [tableName('Property')]: property,
    '\u0005SummaryInformation': summary('x64;1033'),
    ...(cms ? { '\u0005DigitalSignature': cms } : {}),
  });
}

/** One node of a version resource: length, length of its value in words, type text, key, value, children. */
function versionNode(key: string, value: string | null, children: readonly Buffer[] = []): Buffer {
  const label = padded(Buffer.concat([Buffer.alloc(6), Buffer.from(`${key}\0`, 'utf16le')]), 4);
  const text = value === null ? Buffer.alloc(0) : Buffer.from(`${value}\0`, 'utf16le');
  const body = Buffer.concat([label, padded(text, 4), ...children]);
  words(body.length, text.length / 2, 1).copy(body);
  return body;
}

const VERSION_TEXTS = { CompanyName: 'Example Ltd', FileVersion: '1.2.3.4', ProductName: 'Demo für Windows', ProductVersion: '1.2.3' };

interface ExeOptions {
  readonly texts?: Readonly<Record<string, string>>;
  readonly cms?: Buffer | null;
}

const ADDRESS = 0x1000;

/** A program without code: header, one section with its version resource, and a signature behind it. */
export function makeExe({ texts = VERSION_TEXTS, cms = null }: ExeOptions = {}): Buffer {
  const strings = Object.entries(texts).map(([key, value]) => versionNode(key, value));
  const version = versionNode('VS_VERSION_INFO', null, [versionNode('StringFileInfo', null, [versionNode('040904b0', null, strings)])]);
  const level = (id: number, to: number): Buffer => Buffer.concat([numbers(0, 0, 0), words(0, 1), numbers(id, to)]);
  const levels = [level(16, 0x80000018), level(1, 0x80000030), level(1_033, 72), numbers(ADDRESS + 88, version.length, 0, 0)];
  const resources = padded(Buffer.concat([...levels, version]), SECTOR);
  const signature = cms ? padded(Buffer.concat([numbers(cms.length + 8), words(0x200, 2), cms]), 8) : Buffer.alloc(0);
  const head = Buffer.alloc(SECTOR);
  head.write('MZ', 'latin1');
  head.writeUInt32LE(64, 60);
  head.write('PE', 64, 'latin1');
  words(0x8664, 1).copy(head, 68);
  words(240, 0x22, 0x20b).copy(head, 84);
  head.writeUInt32LE(16, 88 + 108); // directories
  numbers(ADDRESS, resources.length).copy(head, 88 + 112 + 16);
  if (cms) numbers(SECTOR + resources.length, signature.length).copy(head, 88 + 112 + 32);
  const section = 88 + 240;
  head.write('.rsrc', section, 'latin1');
  numbers(resources.length, ADDRESS, resources.length, SECTOR).copy(head, section + 8);
  return Buffer.concat([head, resources, signature]);
}
