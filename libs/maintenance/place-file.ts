import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Copies a file durably to a second place; its blocks are shared (reflink) where the file system can do that. Never a hard link: what
 * damages the one file, a failing disk or a program that writes into it, must not damage the other (docs/adr/0022).
 */
export async function copyDurably(from: string, to: string): Promise<void> {
  const draft = `${to}.part`;
  await rm(draft, { force: true });
  await copyFile(from, draft, constants.COPYFILE_FICLONE);
  const { atime, mtime } = await stat(from);
  await utimes(draft, atime, mtime);
  await sync(draft);
  await rename(draft, to);
}

/** Written whole or not at all. */
export async function writeDurably(file: string, content: string, mode = 0o600): Promise<void> {
  const draft = `${file}.part`;
  await writeFile(draft, content, { mode });
  await sync(draft);
  await rename(draft, file);
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file, { highWaterMark: 1_048_576 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** Bytes, or null when there is no such file. */
export async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whether two names lead to one file: a backup of an earlier version has hard links. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([stat(one), stat(other)]);
  return a.ino === b.ino && a.dev === b.dev;
}

/** What is in a directory, and its names, are on the disk when this resolves. */
export async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const place = path.join(directory, entry.name);
    if (entry.isDirectory()) await syncTree(place);
    else if (entry.isFile()) await sync(place);
  }
  await syncDirectory(directory);
}

export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return; // directories cannot be opened there; NTFS journals renames
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
