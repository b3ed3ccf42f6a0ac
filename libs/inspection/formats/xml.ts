import { SaxesParser } from 'saxes';
import { Damaged, OverLimit } from './source.js';

export interface XmlVisitor {
  /** `path` ends with this element. */
  open?(attributes: Readonly<Record<string, string>>, path: readonly string[]): void;
  /** `text` is what stood directly before the end tag. */
  close?(text: string, path: readonly string[]): void;
}

const MOST_DEPTH = 64;

/** Walks a document strictly and without document types. Throws Damaged, and OverLimit for more than 64 levels. */
export function walkXml(document: string, { open, close }: XmlVisitor): void {
  const parser = new SaxesParser();
  const path: string[] = [];
  let text = '';
  parser.on('error', (error) => {
    throw new Damaged(`Its XML is wrong: ${error.message}`);
  });
  parser.on('doctype', () => {
    throw new OverLimit('Its XML has a document type.');
  });
  parser.on('text', (more) => (text += more));
  parser.on('cdata', (more) => (text += more));
  parser.on('opentag', ({ name, attributes }) => {
    path.push(name);
    if (path.length > MOST_DEPTH) throw new OverLimit('Its XML is nested more than 64 levels deep.');
    text = '';
    open?.(attributes, path);
  });
  parser.on('closetag', () => {
    close?.(text, path);
    path.pop();
    text = '';
  });
  parser.write(document.replace(/^\uFEFF/, '')).close();
}
