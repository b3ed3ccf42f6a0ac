import { createRequire } from 'node:module';
import type Sqlite from 'better-sqlite3';

const [major = 0] = process.versions.node.split('.').map(Number);

const load = createRequire(import.meta.url);

/**
 * better-sqlite3: 13 on Node 22 and newer, 12 on Node 20, which 13 does not run on. 12 must not be used on Node 24: from 24.19 on the process
 * aborts when a statement is collected as garbage (`RemoveEnvironmentCleanupHook`, assertion on `env`).
 */
const library = major >= 22 ? 'better-sqlite3-napi' : 'better-sqlite3';
export const SqliteFile = load(library) as typeof Sqlite;

/** Its file, for threads. */
export const sqliteLibrary = load.resolve(library);
