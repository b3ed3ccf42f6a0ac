import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { MaintenanceFailed } from './maintenance.errors.js';
import { writeDurably } from './place-file.js';

const fileIn = (dataDir: string): string => path.join(dataDir, 'keys/database.key');

async function read(dataDir: string): Promise<string[]> {
  try {
    return (await readFile(fileIn(dataDir), 'utf8')).trim().split(',');
  } catch {
    throw new MaintenanceFailed('DATABASE_KEY is not in DATA_DIR/keys but given to the server: change it there to NEW,OLD.');
  }
}

/** Puts a new key before those in DATA_DIR: it encrypts from the next start on, the others still decrypt. */
export async function addKey(dataDir: string): Promise<void> {
  await writeDurably(fileIn(dataDir), `${[randomBytes(32).toString('base64'), ...(await read(dataDir))].join(',')}\n`);
}

/** Leaves only the key that encrypts. */
export async function forgetOldKeys(dataDir: string): Promise<void> {
  await writeDurably(fileIn(dataDir), `${(await read(dataDir))[0]}\n`);
}
