import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A directory for what is only needed during the work.
 * @template T @param {(directory: string) => Promise<T>} work @returns {Promise<T>}
 */
export async function withScratch(work) {
  const directory = mkdtempSync(path.join(tmpdir(), 'ods-package-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
