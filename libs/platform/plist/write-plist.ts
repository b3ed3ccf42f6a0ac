import { formatDate, integerOf, invalid, MOST_DEPTH, overLimit, type PlistDict, type PlistValue, Real } from './plist-value.js';
import { formatReal } from './real-text.js';

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`;

export interface PlistWriting {
  /** Keys by code points at every level, as plistlib does without `sort_keys=False`; else in their own order. */
  readonly sortKeys: boolean;
}

/** XML, byte for byte as Python's `plistlib.dumps`. Throws PlistError for what XML 1.0 cannot hold and for more than 64 levels. */
export function writePlist(value: PlistValue, writing: PlistWriting = { sortKeys: true }): Buffer {
  return document(linesOf(value, 0, writing));
}

/** The lines of one value `level` levels deep, UTF-8; for `writeParts`. */
export const plistPart = (value: PlistValue, level: number, writing: PlistWriting): Buffer =>
  Buffer.from(`${linesOf(value, level, writing)}\n`);

/** An array of values that `plistPart` wrote at level 1: what stands in many lists is written once. */
export function writeParts(parts: readonly Buffer[]): Buffer {
  if (parts.length === 0) return document('<array/>');
  return Buffer.concat([Buffer.from(`${HEAD}<array>\n`), ...parts, Buffer.from('</array>\n</plist>\n')]);
}

function linesOf(value: PlistValue, level: number, { sortKeys }: PlistWriting): string {
  const lines: string[] = [];
  write(value, level, { lines, sortKeys });
  return lines.join('\n');
}

const document = (root: string): Buffer => Buffer.from(`${HEAD}${root}\n</plist>\n`);

interface Output extends PlistWriting {
  readonly lines: string[];
}

function write(value: PlistValue, level: number, output: Output): void {
  const line = (text: string): unknown => output.lines.push('\t'.repeat(level) + text);
  if (typeof value === 'string') line(`<string>${escaped(value)}</string>`);
  else if (typeof value === 'boolean') line(value ? '<true/>' : '<false/>');
  else if (typeof value === 'number' || typeof value === 'bigint') line(`<integer>${integerText(value)}</integer>`);
  else if (value instanceof Real) line(`<real>${formatReal(value)}</real>`);
  else if (value instanceof Date) line(`<date>${formatDate(value)}</date>`);
  else if (Buffer.isBuffer(value)) ['<data>', ...base64Lines(value, level), '</data>'].forEach(line);
  else if (Array.isArray(value)) writeContainer('array', value, level, output);
  else writeContainer('dict', value, level, output);
}

function writeContainer(name: 'array' | 'dict', value: PlistValue[] | PlistDict, level: number, output: Output): void {
  if (level === MOST_DEPTH) throw overLimit(`The property list is nested more than ${MOST_DEPTH} levels deep.`);
  const indent = '\t'.repeat(level);
  if ((Array.isArray(value) ? value.length : value.size) === 0) return void output.lines.push(`${indent}<${name}/>`);
  output.lines.push(`${indent}<${name}>`);
  if (Array.isArray(value)) for (const each of value) write(each, level + 1, output);
  else
    for (const [key, each] of output.sortKeys ? sorted(value) : value) {
      output.lines.push(`${indent}\t<key>${escaped(key)}</key>`);
      write(each, level + 1, output);
    }
  output.lines.push(`${indent}</${name}>`);
}

/** UTF-8 bytes order as code points do; JavaScript's own order is that of UTF-16. */
const sorted = (dict: PlistDict): [string, PlistValue][] =>
  [...dict]
    .map((entry) => [Buffer.from(entry[0]), entry] as const)
    .sort(([a], [b]) => Buffer.compare(a, b))
    .map(([, entry]) => entry);

function integerText(value: number | bigint): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw invalid('A number is no exact integer: Real and bigint hold others.');
  return String(integerOf(BigInt(value)));
}

/** Lines of at most 76 columns, a tab counted as eight, and at least 16 letters. */
function base64Lines(bytes: Buffer, level: number): string[] {
  const step = Math.floor(Math.max(16, 76 - 8 * level) / 4) * 3;
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) =>
    bytes.toString('base64', index * step, Math.min(bytes.length, (index + 1) * step)),
  );
}

const UNWRITABLE = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

function escaped(text: string): string {
  if (UNWRITABLE.test(text) || /\p{Surrogate}/u.test(text))
    throw invalid('A text has control characters, which XML cannot hold: data can.');
  return text.replace(/\r\n?/g, '\n').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
