import { SaxesParser } from 'saxes';
import {
  integerOf,
  invalid,
  MOST_DEPTH,
  overLimit,
  parseBase64,
  parseDate,
  type PlistDict,
  type PlistLimits,
  type PlistValue,
} from './plist-value.js';
import { parseReal } from './real-text.js';

/** Every property list of Apple names this one; it declares nothing here, and nothing is fetched. */
const DOCTYPE = /^\s*plist\s+PUBLIC\s+"-\/\/Apple(?: Computer)?\/\/DTD PLIST 1\.0\/\/EN"\s+"[^"]*"\s*$/;

const ENCODINGS = /^(?:utf-?8|utf-?16|us-ascii|ascii)$/i;

const simple: Readonly<Record<string, (text: string) => PlistValue>> = {
  string: (text) => text,
  integer: parseInteger,
  real: parseReal,
  date: parseDate,
  data: parseBase64,
  true: (text) => flag(text, true),
  false: (text) => flag(text, false),
};

type Open = { readonly list: PlistValue[] } | { readonly dict: PlistDict; key: string | null };

/** An XML property list, strictly. Of two equal keys the later value counts, at the place of the first, as in plistlib. */
export function readXml(document: string, limits: PlistLimits): PlistValue {
  const builder = new Builder(limits);
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw invalid(`The XML is wrong: ${error.message}`);
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !ENCODINGS.test(encoding)) throw invalid('The XML is in another encoding than UTF-8 or UTF-16.');
  });
  parser.on('doctype', (doctype) => {
    if (!DOCTYPE.test(doctype)) throw invalid('The XML has a document type other than that of Apple.');
  });
  parser.on('text', (text) => builder.text(text));
  parser.on('cdata', (text) => builder.text(text));
  parser.on('opentag', ({ name }) => builder.open(name));
  parser.on('closetag', ({ name }) => builder.close(name));
  parser.write(document).close();
  return builder.result();
}

class Builder {
  private readonly stack: Open[] = [];
  /** The element with text that is open; `plist`, `dict` and `array` are not. */
  private leaf: string | null = null;
  private letters: string[] = [];
  private isInside = false;
  private root: PlistValue | null = null;
  private values = 0;

  constructor(private readonly limits: PlistLimits) {}

  open(name: string): void {
    if (this.leaf !== null) throw invalid(`The element <${this.leaf}> has elements inside.`);
    if (name === 'plist' && !this.isInside) {
      this.isInside = true;
      return;
    }
    if (!this.isInside) throw invalid('The XML is not a property list: its first element is not <plist>.');
    if (name === 'dict') this.enter({ dict: new Map(), key: null });
    else if (name === 'array') this.enter({ list: [] });
    else if (name === 'key' || Object.hasOwn(simple, name)) this.leaf = name;
    else throw invalid('The property list has an unknown element.');
    this.letters = [];
  }

  text(text: string): void {
    if (this.leaf !== null) this.letters.push(text);
    else if (/[^ \t\r\n]/.test(text)) throw invalid('The property list has text outside of its values.');
  }

  close(name: string): void {
    if (name === 'plist') return;
    if (this.leaf !== null) this.closeLeaf(this.leaf);
    else {
      const top = this.stack.pop();
      if (top && 'dict' in top && top.key !== null) throw invalid('A key has no value.');
    }
  }

  result(): PlistValue {
    if (this.root === null) throw invalid('The property list is empty.');
    return this.root;
  }

  private enter(open: Open): void {
    if (this.stack.length === MOST_DEPTH) throw overLimit(`The property list is nested more than ${MOST_DEPTH} levels deep.`);
    this.add('list' in open ? open.list : open.dict);
    this.stack.push(open);
  }

  private closeLeaf(leaf: string): void {
    const text = this.letters.join('');
    this.leaf = null;
    if (leaf !== 'key') return this.add(simple[leaf]!(text));
    const top = this.stack.at(-1);
    if (!top || !('dict' in top) || top.key !== null) throw invalid('A key stands where a value belongs.');
    this.count();
    top.key = text;
  }

  private add(value: PlistValue): void {
    this.count();
    const top = this.stack.at(-1);
    if (!top) {
      if (this.root !== null) throw invalid('The property list has more than one value.');
      this.root = value;
    } else if ('list' in top) top.list.push(value);
    else {
      if (top.key === null) throw invalid('A value in a dictionary has no key.');
      top.dict.set(top.key, value);
      top.key = null;
    }
  }

  private count(): void {
    if (++this.values > this.limits.values) throw overLimit(`The property list has more than ${this.limits.values} values.`);
  }
}

function flag(text: string, value: boolean): boolean {
  if (text.trim() !== '') throw invalid('A truth value has text inside.');
  return value;
}

const INTEGER = /^[ \t\r\n]*([+-]?)(\d{1,20}|0x[0-9a-f]{1,16})[ \t\r\n]*$/i;

function parseInteger(text: string): number | bigint {
  const [, sign, digits] = INTEGER.exec(text) ?? [];
  if (digits === undefined) throw invalid('An integer is not a whole number of at most 20 digits.');
  return integerOf(sign === '-' ? -BigInt(digits) : BigInt(digits));
}
