import type { AdminApi } from '../admin-api.js';
import { EXIT, type Exit } from '../failures.js';
import { say } from '../screen.js';
import { inspectionOf } from '../upload-findings.js';
import { fileUrl } from './server-files.js';

/** A package that has just been uploaded is inspected within seconds; where many wait, the server says that it was not yet. */
const INSPECTION_WAIT_MS = 120_000;

export interface PkginfoOrder {
  readonly name: string | undefined;
  readonly catalogs: readonly string[];
  /** Below pkgsinfo. */
  readonly folder: string | undefined;
  readonly replace: boolean;
  readonly json: boolean;
}

interface MadePkginfo {
  readonly path: string;
  readonly already_existed: boolean;
  readonly missing: readonly string[];
}

/** `ods munki pkginfo`: has the server write a pkginfo file for a package of the share. */
export async function makePkginfo(server: AdminApi, filename: string, { json, ...order }: PkginfoOrder): Promise<Exit> {
  await inspectionOf(server, filename, INSPECTION_WAIT_MS);
  const made = await server.call<MadePkginfo>('POST', 'munki/pkginfo', { filename, ...order });
  if (json) say(JSON.stringify(made));
  else {
    say(`${made.path}: ${made.already_existed ? 'it was there already, for the same content.' : 'written; every server gets it.'}`);
    made.missing.forEach((sentence) => say(`  ${sentence}`));
  }
  return EXIT.done;
}

/** `ods munki restore`: brings back a file that was deleted, or the newest earlier version of one that is there. */
export async function restoreFile(server: AdminApi, path: string, isJson: boolean): Promise<Exit> {
  const restored = await server.call<{ path: string; sha256: string }>('POST', `${fileUrl(path)}/restore`);
  say(isJson ? JSON.stringify(restored) : `${restored.path} is back, on every server: SHA-256 ${restored.sha256}`);
  return EXIT.done;
}
