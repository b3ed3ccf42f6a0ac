import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { checkMunkiPath, filenameKey, InvalidFilename, munkiFolders } from '#libs/packages/filename.js';
import { CommandFailed, EXIT } from '../failures.js';

/** A file of a Munki repository on this machine. */
export interface RepositoryFile {
  /** Below the repository, with slashes, Unicode NFC. */
  readonly path: string;
  readonly file: string;
  readonly size: number;
}

export interface RepositoryFolder {
  readonly files: readonly RepositoryFile[];
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
}

/** What macOS and editors leave behind, and what each server makes itself. */
const leftOut = /(?:^|\/)(?:\.[^/]*|thumbs\.db|desktop\.ini)$|^icons\/_icon_hashes\.plist$/i;

/** All files below a folder, as paths with slashes. Links to files are followed, links to folders are not. */
async function* walk(folder: string, below: string): AsyncGenerator<{ path: string; file: string; size: number }> {
  for (const entry of (await readdir(path.join(folder, below), { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inner = `${below}/${entry.name}`;
    if (leftOut.test(inner)) continue;
    if (entry.isDirectory()) yield* walk(folder, inner);
    else {
      const file = path.join(folder, inner);
      const found = await stat(file);
      if (found.isFile()) yield { path: inner, file, size: found.size };
    }
  }
}

/** Reads which files a Munki repository has. Throws CommandFailed when the folder is none, or cannot be read. */
export async function readRepository(folder: string): Promise<RepositoryFolder> {
  const files = new Map<string, RepositoryFile>();
  const refused: { path: string; reason: string }[] = [];
  try {
    const tops = await readdir(folder);
    const known = munkiFolders.filter((top) => tops.includes(top));
    if (known.length === 0)
      throw new CommandFailed(`${folder} is no Munki repository: it has none of the folders ${munkiFolders.join(', ')}.`, EXIT.usage);
    for (const top of known) {
      for await (const each of walk(folder, top)) {
        const name = nameOf(each.path);
        if ('reason' in name) refused.push({ path: each.path, reason: name.reason });
        else if (files.has(filenameKey(name.path)))
          refused.push({ path: each.path, reason: 'Another file has that name but for its case.' });
        else files.set(filenameKey(name.path), { ...each, path: name.path });
      }
    }
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    const { code, path: place = folder } = error as NodeJS.ErrnoException;
    throw new CommandFailed(`${place} cannot be read (${code ?? String(error)}).`, EXIT.usage);
  }
  return { files: [...files.values()], refused };
}

function nameOf(found: string): { path: string } | { reason: string } {
  try {
    return { path: checkMunkiPath(found) };
  } catch (error) {
    if (error instanceof InvalidFilename) return { reason: error.message };
    throw error;
  }
}
