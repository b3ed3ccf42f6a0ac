import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { MaintenanceFailed } from './maintenance.errors.js';

const FORMAT = 1;
export const MANIFEST = 'backup.json';
export const DATABASE = 'database.sqlite';

/** What a backup directory holds; written last, so that a directory with it is a whole backup. */
export interface BackupManifest {
  readonly format: number;
  readonly createdAt: string;
  readonly server: { readonly iss: string; readonly name: string };
  readonly databaseSha256: string;
  readonly withContent: boolean;
  /** Contents whose bytes are in the backup. */
  readonly contents: readonly { readonly uuid: string; readonly filename: string; readonly size: number; readonly sha256: string }[];
}

export const manifestText = (manifest: Omit<BackupManifest, 'format'>): string =>
  `${JSON.stringify({ format: FORMAT, ...manifest }, null, 1)}\n`;

export async function readManifest(directory: string): Promise<BackupManifest> {
  let manifest: BackupManifest;
  try {
    manifest = JSON.parse(await readFile(path.join(directory, MANIFEST), 'utf8')) as BackupManifest;
  } catch (error) {
    throw new MaintenanceFailed(`${directory} is no whole backup: ${(error as Error).message}`);
  }
  if (manifest.format !== FORMAT)
    throw new MaintenanceFailed(`${directory} has format ${manifest.format}; this version reads format ${FORMAT}.`);
  for (const { uuid } of manifest.contents) {
    if (!/^[0-9a-f]{32}$/.test(uuid)) throw new MaintenanceFailed(`${MANIFEST} names a content "${uuid}", which is none.`);
  }
  return manifest;
}
