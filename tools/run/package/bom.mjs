import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BomStore, numbers } from './bom-store.mjs';
import { posixChecksum } from './checksum.mjs';
import { fullMode } from './cpio.mjs';

/** @typedef {import('./cpio.mjs').Entry} Entry */
/** An entry with the number that its children name. @typedef {Entry & { id: number, parent: number }} Numbered */

const PATHS_PER_LEAF = 256;
const LEAF_SIZE = 4096;

/**
 * The bill of materials of a macOS package: what the installer records about each file, so that the next version removes what it no longer has.
 * @param {readonly Entry[]} entries with the root first @returns {Buffer}
 */
export function billOfMaterials(entries) {
  const store = new BomStore();
  const numbered = inOrder(entries);
  store.addNamed('BomInfo', numbers(1, numbered.length + 1, 1, 0, 0, 0, 0));
  addPaths(store, numbered);
  store.addNamed('HLIndex', tree(store.add(leaf([], 0, 0)), LEAF_SIZE, 0));
  const empty = store.add(leaf([], 0, 0));
  store.addNamed('VIndex', Buffer.concat([numbers(1, store.add(tree(empty, 128, 0)), 0), Buffer.from([0])]));
  store.addNamed('Size64', tree(store.add(leaf([], 0, 0)), LEAF_SIZE, 0));
  return store.toBuffer();
}

/** Level by level and by name, as the tree is sorted: by the parent's number, then by name. @param {readonly Entry[]} entries @returns {Numbered[]} */
function inOrder(entries) {
  const children = byDirectory(entries);
  const result = [];
  for (let level = [{ path: '', id: 0 }]; level.length > 0;) {
    const next = [];
    for (const { path: directory, id } of level) {
      const sorted = [...(children.get(directory) ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1));
      for (const entry of sorted) next.push({ ...entry, id: result.length + next.length + 1, parent: id });
    }
    result.push(...next);
    level = next;
  }
  return result;
}

/** The root's is "". @param {Entry} entry */
const parentOf = (entry) => (entry.path === '.' ? '' : path.posix.dirname(entry.path));

/** @param {readonly Entry[]} entries @returns {Map<string, Entry[]>} */
function byDirectory(entries) {
  const groups = new Map();
  for (const entry of entries) groups.set(parentOf(entry), [...(groups.get(parentOf(entry)) ?? []), entry]);
  return groups;
}

/** @param {BomStore} store @param {readonly Numbered[]} entries */
function addPaths(store, entries) {
  const paths = entries.map((entry) => ({ info: addInfo(store, entry), name: addName(store, entry) }));
  const leaves = [];
  for (let at = 0; at < paths.length; at += PATHS_PER_LEAF) leaves.push(paths.slice(at, at + PATHS_PER_LEAF));
  const first = store.next;
  for (const [index, each] of leaves.entries()) {
    const forward = index + 1 < leaves.length ? first + index + 1 : 0;
    store.add(leaf(each, forward, index > 0 ? first + index - 1 : 0));
  }
  const root =
    leaves.length === 1 ? first : store.add(branch(leaves.map((each, index) => ({ info: first + index, name: each.at(-1).name }))));
  store.addNamed('Paths', tree(root, LEAF_SIZE, paths.length));
}

/** @param {BomStore} store @param {Numbered} entry @returns {number} */
function addInfo(store, entry) {
  const isFile = entry.type === 'file';
  const content = isFile && entry.source !== undefined ? readFileSync(entry.source) : null;
  const bytes = Buffer.alloc(31);
  bytes.writeUInt8(isFile ? 1 : 2, 0);
  bytes.writeUInt8(1, 1);
  bytes.writeUInt16BE(3, 2); // architectures: any
  bytes.writeUInt16BE(fullMode(entry), 4);
  bytes.writeUInt32BE(entry.mtime, 14); // after user and group, which are root and wheel
  bytes.writeUInt32BE(isFile ? entry.size : 0, 18);
  bytes.writeUInt8(1, 22);
  bytes.writeUInt32BE(content ? posixChecksum(content) : 0, 23);
  return store.add(numbers(entry.id, store.add(bytes)));
}

/** @param {BomStore} store @param {Numbered} entry @returns {number} */
const addName = (store, entry) => store.add(Buffer.concat([numbers(entry.parent), Buffer.from(`${path.posix.basename(entry.path)}\0`)]));

/** @param {number} child @param {number} size of its nodes @param {number} count of paths */
const tree = (child, size, count) => Buffer.concat([Buffer.from('tree'), numbers(1, child, size, count), Buffer.from([0])]);

/** @typedef {{ info: number, name: number }} Item */

/** @param {readonly Item[]} items @param {number} forward @param {number} backward */
const leaf = (items, forward, backward) => node(true, items, forward, backward);

/** @param {readonly Item[]} items */
const branch = (items) => node(false, items, 0, 0);

/** @param {boolean} isLeaf @param {readonly Item[]} items @param {number} forward @param {number} backward */
function node(isLeaf, items, forward, backward) {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(isLeaf ? 1 : 0, 0);
  head.writeUInt16BE(items.length, 2);
  return Buffer.concat([head, numbers(forward, backward), ...items.map(({ info, name }) => numbers(info, name))]);
}
