import { Damaged, OverLimit } from './source.js';
import { walkXml } from './xml.js';

export type PlistValue = string | PlistValue[] | { [key: string]: PlistValue };

const MOST_VALUES = 200_000;
const MOST_LETTERS = 8 << 20;

type Open = { readonly list: PlistValue[] } | { readonly dict: { [key: string]: PlistValue }; key: string };

/** An XML property list; texts, numbers and data are strings. */
export function xmlPlist(document: string): PlistValue {
  const open: Open[] = [];
  let root: PlistValue | null = null;
  let values = 0;
  const add = (value: PlistValue): void => {
    if (++values > MOST_VALUES) throw new OverLimit('A property list in it has more than 200,000 values.');
    const top = open.at(-1);
    if (!top) root ??= value;
    else if ('list' in top) top.list.push(value);
    else if (!Object.hasOwn(top.dict, top.key)) top.dict[top.key] = value;
  };
  walkXml(document, {
    open(_attributes, path) {
      const name = path.at(-1);
      if (name !== 'dict' && name !== 'array') return;
      const value = name === 'array' ? [] : (Object.create(null) as { [key: string]: PlistValue });
      add(value);
      open.push(Array.isArray(value) ? { list: value } : { dict: value, key: '' });
    },
    close(text, path) {
      const name = path.at(-1);
      const top = open.at(-1);
      if (name === 'dict' || name === 'array') open.pop();
      else if (name === 'key' && top && 'dict' in top) top.key = text;
      else if (name !== 'plist') add(name === 'true' || name === 'false' ? name : text);
    },
  });
  if (root === null) throw new Damaged('A property list in it is empty.');
  return root;
}

/** The texts directly in the root dictionary of a property list, XML or binary. */
export function plistTexts(bytes: Buffer): Map<string, string> {
  if (bytes.toString('latin1', 0, 8) === 'bplist00') return binaryTexts(bytes);
  const root = xmlPlist(bytes.toString('utf8'));
  if (typeof root === 'string' || Array.isArray(root)) throw new Damaged('A property list in it has no dictionary.');
  return new Map(Object.entries(root).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : [])));
}

/** Binary (CFBinaryPList.c): objects, a table of their offsets, a trailer of 32 bytes. */
function binaryTexts(bytes: Buffer): Map<string, string> {
  const trailer = bytes.subarray(-32);
  const [offsetBytes, refBytes] = [trailer.readUInt8(6), trailer.readUInt8(7)];
  const [root, table] = [Number(trailer.readBigUInt64BE(16)), Number(trailer.readBigUInt64BE(24))];
  const at = (ref: number): number => bytes.readUIntBE(table + ref * offsetBytes, offsetBytes);
  const dict = headOf(bytes, at(root));
  if (dict.type !== 0xd || dict.count > 10_000) throw new Damaged('A property list in it has no dictionary.');
  const ref = (index: number): number => bytes.readUIntBE(dict.from + index * refBytes, refBytes);
  const found = new Map<string, string>();
  let letters = 0;
  for (let index = 0; index < dict.count; index++) {
    const [key, value] = [textAt(bytes, at(ref(index))), textAt(bytes, at(ref(dict.count + index)))];
    if (key === null || value === null) continue;
    letters += key.length + value.length; // many keys may name the same long text
    if (letters > MOST_LETTERS) throw new OverLimit('A property list in it has more than 8 Mi letters.');
    found.set(key, value);
  }
  return found;
}

function headOf(bytes: Buffer, at: number): { type: number; count: number; from: number } {
  const marker = bytes.readUInt8(at);
  const [type, low] = [marker >> 4, marker & 0xf];
  if (low !== 0xf) return { type, count: low, from: at + 1 };
  const width = 1 << (bytes.readUInt8(at + 1) & 0x3);
  const count = width === 8 ? Number(bytes.readBigUInt64BE(at + 2)) : bytes.readUIntBE(at + 2, width);
  return { type, count, from: at + 2 + width };
}

function textAt(bytes: Buffer, at: number): string | null {
  const { type, count, from } = headOf(bytes, at);
  const length = type === 6 ? count * 2 : count;
  if (type !== 5 && type !== 6) return null;
  if (length > 65_536 || from + length > bytes.length) throw new Damaged('A property list in it points outside itself.');
  return type === 5
    ? bytes.toString('latin1', from, from + length)
    : Buffer.from(bytes.subarray(from, from + length))
        .swap16()
        .toString('utf16le');
}
