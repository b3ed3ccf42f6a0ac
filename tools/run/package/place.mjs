import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from '../root.mjs';

/** What packages and their files are called. */
export const NAME = 'open-distribution-server';

/** Puts a file of the checkout into a tree. @param {string} tree @param {string} from @param {string} to @param {number} mode */
export function place(tree, from, to, mode) {
  const target = path.join(tree, to);
  mkdirSync(path.dirname(target), { recursive: true, mode: 0o755 });
  copyFileSync(inRoot(from), target);
  chmodSync(target, mode);
}
