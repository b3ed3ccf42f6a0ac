import { MunkiFileFlattened } from './mwa2.errors.js';

/** A list that was written by a program has a line break well before. */
const LEAST_BYTES = 1_024;
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const PNG_NAME_BYTES = 4;

/**
 * Throws MunkiFileFlattened for XML without a line break: Munki's plugin for Python sends files with curl -d, which drops them, and scripts in the
 * item would not run.
 */
export function requireLines(xml: Buffer): void {
  if (xml.length > LEAST_BYTES && !xml.includes('\n') && !xml.includes('\r')) throw new MunkiFileFlattened('property list');
}

/** Sees a picture piece by piece, and throws MunkiFileFlattened for a PNG whose signature, made to show it, has lost its line breaks. */
export function pngWatch(): (piece: Buffer) => void {
  let head = Buffer.alloc(0);
  return (piece) => {
    if (head.length >= PNG.length) return;
    head = Buffer.concat([head, piece.subarray(0, PNG.length - head.length)]);
    const isPng = head.length === PNG.length && head.subarray(0, PNG_NAME_BYTES).equals(PNG.subarray(0, PNG_NAME_BYTES));
    if (isPng && !head.equals(PNG)) throw new MunkiFileFlattened('picture');
  };
}
