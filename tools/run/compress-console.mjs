import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { root } from './root.mjs';

const compressible = /\.(?:js|css|svg|json|txt)$/;
/** Shorter files fit in one packet as they are. */
const LEAST_BYTES = 1_000;

/** Beside each text file of the built console the same in Brotli and gzip: the server sends those to browsers that take them. */
export function compressConsole(folder = path.join(root, 'dist/console/browser')) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => compressible.test(name));
  for (const file of names.map((name) => path.join(folder, name))) {
    if (statSync(file).size < LEAST_BYTES) continue;
    const text = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
    writeFileSync(`${file}.br`, brotliCompressSync(text, { params }));
    writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
  }
}
