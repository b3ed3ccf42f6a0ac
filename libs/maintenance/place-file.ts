import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, open, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';

/** Puts an immutable file at a second place: a hard link where the file system has one, else a durable copy. */
export async function placeFile(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code === 'ENOENT') throw error;
  }
  const draft = `${to}.part`;
  await rm(draft, { force: true });
  await copyFile(from, draft);
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

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
