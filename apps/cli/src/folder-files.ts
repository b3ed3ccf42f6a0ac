import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fitsPattern } from '#libs/packages/titles/title-match.js';
import { CommandFailed, EXIT } from './failures.js';
import type { LocalFile } from './folder-comparison.js';

/** A file that is still being written has changed a moment ago. */
const SETTLED_MS = 60_000;
const leftovers = /^(?:\.|thumbs\.db$|desktop\.ini$)|\.(?:partial|filepart|crdownload|part|tmp)$/i;

export interface Skipped {
  readonly filename: string;
  readonly reason: string;
}

export interface FolderFiles {
  readonly files: readonly LocalFile[];
  readonly skipped: readonly Skipped[];
}

async function lookAt(file: string, filename: string): Promise<LocalFile | Skipped> {
  const { size, mtimeMs, isFile, isFolder } = await stat(file).then((found) => ({
    ...{ size: found.size, mtimeMs: found.mtimeMs, isFile: found.isFile(), isFolder: found.isDirectory() },
  }));
  if (isFolder) return { filename, reason: 'It is a folder. Zip a bundle, or import the folder on its own.' };
  if (!isFile) return { filename, reason: 'It is no file.' };
  if (Date.now() - mtimeMs < SETTLED_MS) return { filename, reason: 'It was changed within the last minute, and may still be written.' };
  return { file, filename, size };
}

const isSkipped = (each: LocalFile | Skipped): each is Skipped => 'reason' in each;

/** What a folder holds, without what its folders hold, by name. Throws CommandFailed when it cannot be read. */
export async function filesIn(folder: string, pattern: string): Promise<FolderFiles> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(`${folder} cannot be read (${error.code}).`, EXIT.usage);
  });
  const found: (LocalFile | Skipped)[] = [];
  for (const filename of names.filter((name) => !leftovers.test(name) && fitsPattern(name, pattern)).sort()) {
    const look = lookAt(path.join(folder, filename), filename);
    found.push(await look.catch((error: NodeJS.ErrnoException) => ({ filename, reason: `It cannot be read (${error.code}).` })));
  }
  return { files: found.filter((each): each is LocalFile => !isSkipped(each)), skipped: found.filter(isSkipped) };
}

/** In hexadecimal digits. Throws CommandFailed when it cannot be read. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1_048_576 }), hash).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(`${file} cannot be read (${error.code}).`);
  });
  return hash.digest('hex');
}
