import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { makeDirectory } from '../storage/make-directory.js';
import type { EncryptionKey } from './config.js';

/** The key's text as kept in DATA_DIR/keys/NAME, made on first use. Safe when processes start at once. */
export function readOrCreateKey(dataDir: string, name: string): string {
  const file = path.join(dataDir, 'keys', name);
  const existing = readKey(file);
  if (existing !== null) return existing;
  makeDirectory(path.dirname(file), 0o700);
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${randomBytes(32).toString('base64')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(draft, file); // fails when another process was first: its key is then the key
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncDirectory(path.dirname(file)); // what the key encrypts must not outlive it
  return readKey(file)!;
}

function readKey(file: string): string | null {
  try {
    const key = readFileSync(file, 'utf8').trim();
    // Never go on with less: an empty secret would sign tokens that anybody can make.
    if (key.length < 32) throw new Error(`is set, but ${file} does not hold a key. Restore it from a backup.`);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return; // has no handle on directories to sync
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads `KEY[,OLD_KEY…]`, each 32 bytes in base64, base64url or hex. Throws with a sentence when one is not. */
export function parseDatabaseKeys(text: string): EncryptionKey[] {
  return text.split(',').map((part) => {
    const trimmed = part.trim();
    const isHex = /^[0-9a-f]{64}$/i.test(trimmed);
    const isBase64 = /^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed); // Buffer.from would skip what is not
    const key = Buffer.from(trimmed, isHex ? 'hex' : 'base64');
    if (!isHex && !isBase64) {
      throw new Error('must be 32 random bytes in base64 or hex; "openssl rand -base64 32" prints one.');
    }
    return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key };
  });
}
