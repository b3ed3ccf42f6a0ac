import { readFileSync } from 'node:fs';

/**
 * A file, directory or symbolic link of a payload, whose owner is root.
 * @typedef {{ path: string, mode: number, type: 'file' | 'directory', source?: string, size: number, mtime: number }} Entry
 *   path is relative to the root, "." for the root; source is where its content is
 */

const types = { directory: 0o040000, file: 0o100000 };

/** With the bits that say what it is. @param {Entry} entry */
export const fullMode = ({ type, mode }) => types[type] | mode;

/** An archive in the portable format of cpio ("odc"). @param {readonly Entry[]} entries @returns {Buffer} */
export function cpioArchive(entries) {
  const parts = entries.flatMap((entry, index) => {
    const name = entry.path === '.' ? '.' : `./${entry.path}`;
    const content = entry.source === undefined ? Buffer.alloc(0) : readFileSync(entry.source);
    return [header(name, { ino: index + 1, mode: fullMode(entry), mtime: entry.mtime, size: content.length }), content];
  });
  return Buffer.concat([...parts, header('TRAILER!!!', { ino: 0, mode: 0, mtime: 0, size: 0 })]);
}

const octal = (/** @type {number} */ value, /** @type {number} */ digits) => value.toString(8).padStart(digits, '0');

/** @param {string} name @param {{ ino: number, mode: number, mtime: number, size: number }} fields */
function header(name, { ino, mode, mtime, size }) {
  const bytes = Buffer.from(`${name}\0`);
  const [device, user, group, links, special] = [0, 0, 0, 1, 0];
  const numbers = [device, ino, mode, user, group, links, special].map((value) => octal(value, 6)).join('');
  return Buffer.concat([Buffer.from(`070707${numbers}${octal(mtime, 11)}${octal(bytes.length, 6)}${octal(size, 11)}`, 'latin1'), bytes]);
}
