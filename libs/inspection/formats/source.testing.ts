import { Source } from './source.js';

/** A file that is all in memory. */
export const sourceOf = (bytes: Buffer): Source =>
  new Source({ size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) });
