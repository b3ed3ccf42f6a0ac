import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { Decompress } from 'fzstd';
import tar from 'tar-stream';
import { type Inspection, inspectionOf } from './inspection-result.js';
import { Damaged, mostUnpacked, OverLimit, type Source } from './source.js';

// A CommonJS bundle whose exports Node.js cannot see from outside.
const { XzReadableStream } = createRequire(import.meta.url)('xz-decompress') as typeof import('xz-decompress');

const AR_HEADER = 60;
const MOST_MEMBERS = 20;
const MOST_PACKED = 4 << 20;
const MOST_CONTROL = 16 << 20;
const MOST_FILES = 10_000;

/** A Debian package: an ar archive with control.tar and data.tar (deb(5)). Only the control part is read. */
export async function inspectDeb(source: Source): Promise<Inspection> {
  const { name, bytes } = controlMember(source);
  const { fields, hasScripts } = await readControl(await unpack(source, name, bytes));
  const title = fields.get('package');
  if (title === undefined) throw new Damaged('Its control file names no package.');
  const installed = fields.get('installed-size') ?? '';
  const arch = fields.get('architecture');
  return inspectionOf({
    kind: 'deb',
    title,
    title_key: title,
    version: fields.get('version') ?? null,
    vendor: fields.get('maintainer') ?? null,
    architectures: arch === undefined ? [] : [arch],
    install_kb: /^\d{1,12}$/.test(installed) ? Number(installed) : null,
    has_scripts: hasScripts,
  });
}

function controlMember(source: Source): { name: string; bytes: Buffer } {
  let at = 8;
  for (let count = 0; count < MOST_MEMBERS; count++) {
    const head = source.read(at, AR_HEADER);
    const name = head.toString('latin1', 0, 16).trim().replace(/\/$/, '');
    const digits = head.toString('latin1', 48, 58).trim();
    if (head.toString('latin1', 58, 60) !== '`\n' || !/^\d+$/.test(digits)) throw new Damaged('Its archive is damaged.');
    const size = Number(digits);
    if (count === 0 && name !== 'debian-binary') throw new Damaged('It is an archive, and not a Debian package.');
    if (/^control\.tar(?:\.(?:gz|xz|zst))?$/.test(name)) {
      if (size > MOST_PACKED) throw new OverLimit('Its control part is larger than 4 MiB.');
      return { name, bytes: source.read(at + AR_HEADER, size) };
    }
    at += AR_HEADER + size + (size % 2);
  }
  throw new Damaged('It has no control part.');
}

function unpack(source: Source, name: string, bytes: Buffer): Promise<Buffer> | Buffer {
  const most = mostUnpacked(bytes.length, MOST_CONTROL);
  if (name.endsWith('.gz')) return source.inflate(bytes, 'gzip', MOST_CONTROL);
  if (name.endsWith('.xz')) return unxz(source, bytes, most);
  if (name.endsWith('.zst')) return unzstd(source, bytes, most);
  return bytes;
}

async function unxz(source: Source, bytes: Buffer, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const reader = new XzReadableStream(new Blob([new Uint8Array(bytes)]).stream()).getReader();
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new Damaged(`Its control part cannot be unpacked: ${String(error)}`);
    });
    if (done) return Buffer.concat(parts);
    length += value.length;
    if (length > most) throw new OverLimit('Its control part unpacks to too much.');
    source.spend(value.length);
    parts.push(value.slice());
  }
}

const ZSTD_STEP = 4_096;

/** In small steps, so that a bomb is noticed before it has unfolded. */
function unzstd(source: Source, bytes: Buffer, most: number): Buffer {
  const parts: Uint8Array[] = [];
  let length = 0;
  const unpacker = new Decompress((part) => {
    length += part.length;
    if (length > most) throw new OverLimit('Its control part unpacks to too much.');
    source.spend(part.length);
    parts.push(part.slice());
  });
  try {
    for (let at = 0; at < bytes.length; at += ZSTD_STEP) unpacker.push(bytes.subarray(at, at + ZSTD_STEP), at + ZSTD_STEP >= bytes.length);
  } catch (error) {
    if (error instanceof OverLimit) throw error;
    throw new Damaged(`Its control part cannot be unpacked: ${(error as Error).message}.`);
  }
  return Buffer.concat(parts);
}

async function readControl(bytes: Buffer): Promise<{ fields: Map<string, string>; hasScripts: boolean }> {
  let control: string | null = null;
  let hasScripts = false;
  let files = 0;
  try {
    const entries = Readable.from([bytes]).pipe(tar.extract());
    for await (const entry of entries) {
      if (++files > MOST_FILES) throw new OverLimit('Its control part has more than 10,000 files.');
      const parts: Buffer[] = [];
      for await (const part of entry) parts.push(part as Buffer);
      const name = entry.header.name.replace(/^\.\//, '');
      if (name === 'control') control = Buffer.concat(parts).toString('utf8');
      if (/^(?:pre|post)(?:inst|rm)$/.test(name)) hasScripts = true;
    }
  } catch (error) {
    if (error instanceof OverLimit) throw error;
    throw new Damaged(`Its control part is damaged: ${(error as Error).message}.`);
  }
  if (control === null) throw new Damaged('It has no control file.');
  return { fields: fieldsOf(control), hasScripts };
}

/** The fields of the first paragraph by their names in lower case; continued lines are left out. */
function fieldsOf(control: string): Map<string, string> {
  const lines = control.split('\n').flatMap((line) => {
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined || value === undefined || value === '' ? [] : [[name.toLowerCase(), value] as const];
  });
  return new Map(lines);
}
