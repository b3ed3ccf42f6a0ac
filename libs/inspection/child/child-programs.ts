import { accessSync, constants } from 'node:fs';

/** Limits the resources of a program (util-linux). */
export const PRLIMIT = '/usr/bin/prlimit';
/** Where systems install 7-Zip; the environment of an inspection names no directories. */
export const SEVEN_ZIP_PLACES = ['/usr/bin/7zz', '/usr/local/bin/7zz', '/opt/homebrew/bin/7zz', '/opt/local/bin/7zz'] as const;

export const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
