import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { MaintenanceRepository } from './maintenance.repository.js';

/** What is younger may be on its way into the database. */
const YOUNG_MS = 3_600_000;
const uuid = /^[0-9a-f]{32}$/;

export interface OrphanFile {
  readonly uuid: string;
  /** Bytes. */
  readonly size: number;
}

/** Names of the contents in this directory; empty when there is none. */
export async function contentFiles(dataDir: string): Promise<string[]> {
  try {
    return (await readdir(path.join(dataDir, 'content'))).filter((name) => uuid.test(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Files among the contents that no row of the database names. They take up room and are never served. */
export async function orphanFiles(rows: MaintenanceRepository, dataDir: string, nowMs = Date.now()): Promise<OrphanFile[]> {
  const known = await rows.knownUuids();
  const orphans: OrphanFile[] = [];
  for (const name of (await contentFiles(dataDir)).filter((each) => !known.has(each)).sort()) {
    const found = await stat(path.join(dataDir, 'content', name)).catch(absent);
    if (found && nowMs - found.ctimeMs > YOUNG_MS) orphans.push({ uuid: name, size: found.size });
  }
  return orphans;
}

/** Removed meanwhile. */
function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
