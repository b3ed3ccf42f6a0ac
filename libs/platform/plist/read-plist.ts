import { SaxesParser } from 'saxes';
import { type PlistDict, PlistMalformed, type PlistValue, Real } from './plist-value.js';

/** Bytes. */
export const MOST_BYTES = 16 * 2 ** 20;
const MOST_DEPTH = 64;
const appleDoctype =
  /^\s*plist\s+(?:PUBLIC\s+"-\/\/Apple(?: Computer)?\/\/DTD PLIST 1\.0\/\/EN"|SYSTEM)\s+"[^"<>[\]]*PropertyList-1\.0\.dtd"\s*$/;
const dates = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/;
const integers = /^\s*([+-]?)(0[xX][0-9a-fA-F]{1,16}|\d{1,20})\s*$/;
const reals = /^\s*(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:inf|infinity|nan))\s*$/i;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

type Container = { readonly list: PlistValue[] } | { readonly dict: PlistDict; key: string | null };

const malformed = (sentence: string): never => {
  throw new PlistMalformed(sentence);
};

function integerOf(text: string): number | bigint {
  const [, sign, digits] = integers.exec(text) ?? malformed(`"${text.slice(0, 40)}" is no integer.`);
  const magnitude = BigInt(digits!);
  const value = sign === '-' ? -magnitude : magnitude;
  if (value < -(2n ** 63n) || value >= 2n ** 64n) malformed(`The integer ${text.slice(0, 40)} has more than 64 bits.`);
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function realOf(text: string): Real {
  if (!reals.test(text)) malformed(`"${text.slice(0, 40)}" is no number.`);
  const plain = text.trim().toLowerCase();
  if (/nan$/.test(plain)) return new Real(NaN);
  if (/inf(?:inity)?$/.test(plain)) return new Real(plain.startsWith('-') ? -Infinity : Infinity);
  return new Real(Number(plain));
}

function dateOf(text: string): Date {
  const [, year, month, day, ...time] = (dates.exec(text.trim()) ?? malformed(`"${text.slice(0, 40)}" is no date.`)).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day);
  date.setUTCHours(time[0]!, time[1], time[2]);
  const isReal = date.getUTCMonth() === month! - 1 && date.getUTCDate() === day && time[0]! < 24 && time[1]! < 60 && time[2]! < 60;
  return isReal ? date : malformed(`${text.slice(0, 40)} is no date of the calendar.`);
}

function dataOf(text: string): Buffer {
  const plain = text.replace(/\s+/g, '');
  if (plain.length % 4 !== 0 || !base64.test(plain)) malformed('The text of a data element is no base64.');
  return Buffer.from(plain, 'base64');
}

const scalars: Readonly<Record<string, (text: string) => PlistValue>> = {
  string: (text) => text,
  integer: integerOf,
  real: realOf,
  date: dateOf,
  data: dataOf,
  true: () => true,
  false: () => false,
};

/** Builds the values while the parser goes through the document. */
class Builder {
  private readonly open: Container[] = [];
  private readonly path: string[] = [];
  private root: PlistValue | undefined;
  private text = '';

  start(name: string): void {
    const parent = this.path.at(-1);
    if (this.path.length === 0 ? name !== 'plist' : parent !== 'plist' && parent !== 'dict' && parent !== 'array')
      malformed(`An element ${name} cannot stand ${parent === undefined ? 'around a property list' : `in ${parent}`}.`);
    this.path.push(name);
    this.text = '';
    if (this.open.length >= MOST_DEPTH) malformed(`It is nested more than ${MOST_DEPTH} deep.`);
    if (name === 'array') this.enter([], (list) => ({ list }));
    else if (name === 'dict') this.enter(new Map<string, PlistValue>(), (dict) => ({ dict, key: null }));
    else if (name !== 'plist' && name !== 'key' && scalars[name] === undefined)
      malformed(`It has an unknown element ${name.slice(0, 40)}.`);
  }

  add(text: string): void {
    this.text += text;
    const name = this.path.at(-1);
    if ((name === undefined || name === 'plist' || name === 'dict' || name === 'array') && text.trim() !== '')
      malformed('It has text between its elements.');
  }

  end(): void {
    const name = this.path.pop()!;
    const { text } = this;
    this.text = '';
    if (name === 'array' || name === 'dict') this.leave();
    else if (name === 'key') this.setKey(text);
    else if (name !== 'plist') this.put(scalars[name]!(text));
  }

  result(): PlistValue {
    return this.root ?? malformed('It has no value.');
  }

  private enter<Value extends PlistValue>(value: Value, container: (value: Value) => Container): void {
    this.put(value);
    this.open.push(container(value));
  }

  private leave(): void {
    const container = this.open.pop()!;
    if ('dict' in container && container.key !== null) malformed(`The key ${container.key.slice(0, 40)} has no value.`);
  }

  private setKey(text: string): void {
    const container = this.open.at(-1);
    if (!container || 'list' in container || container.key !== null) return malformed('A key stands where a value belongs.');
    container.key = text;
  }

  private put(value: PlistValue): void {
    const container = this.open.at(-1);
    if (!container) {
      if (this.root !== undefined) malformed('It has more than one value.');
      this.root = value;
    } else if ('list' in container) container.list.push(value);
    else if (container.key === null) malformed('A value in a dict has no key.');
    else {
      container.dict.set(container.key, value);
      container.key = null;
    }
  }
}

/**
 * Reads an XML property list (Apple's PropertyList-1.0.dtd). Throws PlistMalformed, also for what Python's plistlib and macOS take and nothing
 * needs: other documents types, entities of their own, more than 16 MiB, more than 64 levels.
 */
export function readPlist(bytes: Buffer): PlistValue {
  if (bytes.length > MOST_BYTES) malformed(`It is larger than ${MOST_BYTES / 2 ** 20} MiB.`);
  if (bytes.toString('latin1', 0, 6) === 'bplist') malformed('It is a binary property list; convert it with: plutil -convert xml1 FILE');
  const builder = new Builder();
  const parser = new SaxesParser();
  parser.on('error', (error) => malformed(`It is no XML: ${error.message.slice(0, 200)}`));
  parser.on('doctype', (doctype) => {
    if (!appleDoctype.test(doctype)) malformed('Its document type is not the one of property lists.');
  });
  parser.on('opentag', ({ name }) => builder.start(name));
  parser.on('text', (text) => builder.add(text));
  parser.on('cdata', (text) => builder.add(text));
  parser.on('closetag', () => builder.end());
  parser.write(new TextDecoder('utf-8', { fatal: false }).decode(bytes)).close();
  return builder.result();
}
