import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The package.json above this file, wherever it was compiled to. */
function manifest(): { readonly version: string } {
  for (let directory = import.meta.dirname; ; directory = path.dirname(directory)) {
    const file = path.join(directory, 'package.json');
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    if (directory === path.dirname(directory)) throw new Error('There is no package.json above the program.');
  }
}

/** Of this program. */
export const version: string = manifest().version;
