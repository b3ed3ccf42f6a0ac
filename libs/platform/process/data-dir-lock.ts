import path from 'node:path';
import type { Config } from '../config/config.js';
import { SqliteFile } from '../database/sqlite-file.js';

const LOCK_FILE = 'running.lock';
/** A server that stops lets go within this time. */
const PATIENCE_MS = 3_000;

/** Lets go of the directory. The end of the process does so, too, however it comes. */
export type Release = () => void;

/** Another server works with this directory. */
export class DataDirTaken extends Error {
  override readonly name = 'DataDirTaken';
}

/**
 * Takes DATA_DIR for the one web application that may have it with SQLite: a second one would answer for the same server with a memory of its
 * own. SQLite itself locks an empty file for us, which every system frees when the process ends, and which is seen by all processes of the machine.
 */
export function lockDataDir(config: Config, patienceMs = PATIENCE_MS): Release {
  const file = new SqliteFile(path.join(config.get('dataDir'), LOCK_FILE), { timeout: patienceMs });
  try {
    file.pragma('journal_mode = MEMORY'); // nothing is ever written, also not where the disk is full
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if (!/^SQLITE_BUSY/.test((error as { code?: string }).code ?? '')) throw error;
    throw new DataDirTaken(
      `Another server is running with the directory ${config.get('dataDir')}. Stop it, or set DATA_DIR to another one.`,
    );
  }
  return () => file.close();
}
