import path from 'node:path';
import type { MaintenanceRepository, StoredContent } from './maintenance.repository.js';
import { sha256OfFile, sizeOf } from './place-file.js';

export interface ContentFault {
  readonly filename: string;
  readonly uuid: string;
  readonly fault: 'missing' | 'another size' | 'damaged';
}

/** Compares every content on disk with what the database promises; reads all of it unless only sizes are to be compared. */
export async function checkContents(
  rows: MaintenanceRepository,
  dataDir: string,
  sizesOnly = false,
): Promise<{ checked: number; faults: ContentFault[] }> {
  const contents = await rows.storedContents();
  const faults: ContentFault[] = [];
  for (const content of contents) {
    const fault = await faultOf(content, path.join(dataDir, 'content', content.uuid), sizesOnly);
    if (fault) faults.push({ filename: content.filename, uuid: content.uuid, fault });
  }
  return { checked: contents.length, faults };
}

async function faultOf({ size, sha256 }: StoredContent, file: string, sizesOnly: boolean): Promise<ContentFault['fault'] | null> {
  const found = await sizeOf(file);
  if (found === null) return 'missing';
  if (found !== size) return 'another size';
  if (sizesOnly || (await sha256OfFile(file)) === sha256) return null;
  return 'damaged';
}
