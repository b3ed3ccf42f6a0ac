import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PREFIX = 'ods-test-';

/** Makes the one directory under which a test run keeps everything, and clears what killed runs left. */
export function openScratch() {
  for (const name of readdirSync(os.tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) clear(path.join(os.tmpdir(), name));
  }
  const directory = mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  process.env['ODS_TEST_SCRATCH'] = directory;
  return directory;
}

/** What another run is clearing at the same time, or a killed one left mounted, is left to the next run. @param {string} directory */
function clear(directory) {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    if (!['ENOTEMPTY', 'EBUSY', 'ENOENT'].includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')) throw error;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * A new empty directory, gone at the end of the test run.
 * @param {string} [name] a word that says what it is for
 */
export function scratchDir(name = 'dir') {
  const root = process.env['ODS_TEST_SCRATCH'] ?? openScratch();
  mkdirSync(root, { recursive: true });
  return mkdtempSync(path.join(root, `${name}-`));
}
