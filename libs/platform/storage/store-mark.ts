import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The file in the content directory that says that it is one. */
export const STORE_MARK = '.ods';

export async function hasMark(directory: string): Promise<boolean> {
  try {
    await access(path.join(directory, STORE_MARK));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

export const setMark = (directory: string): Promise<void> => writeFile(path.join(directory, STORE_MARK), '');
