import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './root.mjs';

/**
 * Every file under these paths (files or folders), sorted, relative to the checkout.
 * @param {readonly string[]} paths @param {(file: string) => boolean} counts @returns {string[]}
 */
export function filesUnder(paths, counts = () => true) {
  const found = [];
  for (const each of paths) {
    const full = inRoot(each);
    if (!existsSync(full)) continue;
    if (!statSync(full).isDirectory()) found.push(each);
    else for (const name of readdirSync(full)) found.push(...filesUnder([path.posix.join(each, name)]));
  }
  return found.filter(counts).sort();
}

/** @param {readonly string[]} files @param {readonly string[]} [extra] */
export function hashOf(files, extra = []) {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`${text}\0`);
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(inRoot(file)))
      .update('\0');
  return hash.digest('hex');
}

/** A file that says from which sources something was made. It is written last and taken away first, so it never lies. */
export class Stamp {
  /** @param {string} file @param {() => string} current */
  constructor(file, current) {
    this.file = inRoot(file);
    this.current = current;
  }

  isFresh() {
    return existsSync(this.file) && readFileSync(this.file, 'utf8') === this.current();
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  async renew(work) {
    const made = this.current(); // sources that change during the work make it stale again
    rmSync(this.file, { force: true });
    const result = await work();
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeFileSync(this.file, made);
    return result;
  }
}
