import { createHash } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Writes SHA256SUMS for these files, as `sha256sum --check` reads it. @param {string} out @param {readonly string[]} files @returns {Promise<string>} */
export async function makeChecksums(out, files) {
  const lines = [];
  for (const file of files) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    lines.push(`${hash.digest('hex')}  ${path.basename(file)}\n`);
  }
  const sums = path.join(out, 'SHA256SUMS');
  writeFileSync(sums, lines.join(''));
  return sums;
}
