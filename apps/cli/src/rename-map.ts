import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { CommandFailed, EXIT } from './failures.js';

/** File names of a folder, and the names that they have on the server; an empty one: left out. */
export type RenameMap = ReadonlyMap<string, string>;

/** Empty when there is no such file yet. Throws CommandFailed when it holds anything else than names. */
export async function readRenameMap(file: string): Promise<RenameMap> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw new CommandFailed(`${file} cannot be read (${error.code}).`, EXIT.usage);
  });
  try {
    const map = JSON.parse(text) as Record<string, unknown>;
    const entries = Object.entries(map);
    if (Array.isArray(map) || entries.some(([, name]) => typeof name !== 'string')) throw new TypeError('not a name');
    return new Map(entries as [string, string][]);
  } catch {
    throw new CommandFailed(`${file} must hold names as JSON: {"old name?.pkg": "new name.pkg"}.`, EXIT.usage);
  }
}

/** Adds the names that were refused, for a person to say what they are to be. What is there stays. */
export async function addToRenameMap(file: string, map: RenameMap, refused: readonly string[]): Promise<void> {
  const all = Object.fromEntries([...refused.map((name): [string, string] => [name, '']), ...map]);
  const fresh = `${file}.${randomUUID()}.tmp`;
  await writeFile(fresh, `${JSON.stringify(all, null, 2)}\n`);
  await rename(fresh, file);
}
