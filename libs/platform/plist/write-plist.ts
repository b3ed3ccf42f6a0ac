import { isDict, PlistMalformed, type PlistValue, Real } from './plist-value.js';

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`;
const TAIL = '</plist>\n';
const LINE = 76;
const TAB = 8;

/** By code points, as Python compares texts. */
function compareTexts(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** XML 1.0 has no way to write these. */
const unwritable = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;

function escaped(text: string): string {
  if (unwritable.test(text)) throw new PlistMalformed('A text with control characters cannot be written as XML.');
  return text.replace(/\r\n?/g, '\n').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** As Python writes a float. */
function realText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 16) return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return Number.isInteger(value) ? `${value.toFixed(0)}.0` : String(value);
}

function dataLines(data: Buffer, indent: string): string {
  const width = Math.max(16, LINE - indent.length * TAB);
  const bytes = Math.floor(width / 4) * 3;
  let lines = '';
  for (let at = 0; at < data.length; at += bytes) lines += `${indent}${data.toString('base64', at, Math.min(at + bytes, data.length))}\n`;
  return lines;
}

/** One value on lines of its own, as it stands `depth` levels deep. */
export function plistElement(value: PlistValue, depth: number): string {
  const indent = '\t'.repeat(depth);
  const line = (text: string): string => `${indent}${text}\n`;
  if (typeof value === 'string') return line(`<string>${escaped(value)}</string>`);
  if (typeof value === 'boolean') return line(value ? '<true/>' : '<false/>');
  if (typeof value === 'number' || typeof value === 'bigint') return line(`<integer>${value}</integer>`);
  if (value instanceof Real) return line(`<real>${realText(value.value)}</real>`);
  if (value instanceof Date) return line(`<date>${value.toISOString().slice(0, 19)}Z</date>`);
  if (Buffer.isBuffer(value)) return line('<data>') + dataLines(value, indent) + line('</data>');
  if (isDict(value)) {
    if (value.size === 0) return line('<dict/>');
    const keys = [...value.keys()].sort(compareTexts);
    const inner = keys.map((key) => `${indent}\t<key>${escaped(key)}</key>\n${plistElement(value.get(key)!, depth + 1)}`);
    return line('<dict>') + inner.join('') + line('</dict>');
  }
  if (value.length === 0) return line('<array/>');
  return line('<array>') + value.map((each) => plistElement(each, depth + 1)).join('') + line('</array>');
}

/** A list of elements that were written with depth 1, as UTF-8. */
export function writeList(elements: readonly Buffer[]): Buffer {
  if (elements.length === 0) return Buffer.from(`${HEAD}<array/>\n${TAIL}`);
  return Buffer.concat([Buffer.from(`${HEAD}<array>\n`), ...elements, Buffer.from(`</array>\n${TAIL}`)]);
}

/** An XML property list with sorted keys, to the byte what Python's `plistlib.dumps` writes. Throws PlistMalformed. */
export const writePlist = (value: PlistValue): Buffer => Buffer.from(HEAD + plistElement(value, 0) + TAIL);
