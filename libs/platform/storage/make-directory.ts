import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

const isDirectory = (directory: string): boolean => statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;

/** One level at a time: `recursive` never ends where a parent exists and yet nothing can be made in it, as under /proc. */
export function makeDirectory(directory: string, mode = 0o777): void {
  if (isDirectory(directory)) return;
  const parent = path.dirname(directory);
  if (parent !== directory) makeDirectory(parent, mode);
  try {
    mkdirSync(directory, { mode });
  } catch (error) {
    if (!isDirectory(directory)) throw error; // another process was first
  }
}
