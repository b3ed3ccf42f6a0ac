import type { AdminApi } from '../admin-api.js';
import { CommandFailed, EXIT, type Exit } from '../failures.js';
import { say, sayTable } from '../screen.js';
import { makePkginfo, type PkginfoOrder, restoreFile } from './items.js';
import { promoteItem } from './promote.js';
import { pull } from './pull.js';
import { push } from './push.js';
import { readCatalogs } from './server-files.js';

export interface MunkiOptions {
  readonly deletes: boolean;
  readonly dryRun: boolean;
  readonly isConfirmed: boolean;
  readonly json: boolean;
  readonly pkginfo: Omit<PkginfoOrder, 'json'>;
  readonly promotion: { readonly from: string; readonly to: string | undefined; readonly keep: boolean };
}

/** Whether every pkginfo file gives an item. */
async function check(server: AdminApi, isJson: boolean): Promise<Exit> {
  const found = await readCatalogs(server);
  if (isJson) say(JSON.stringify(found));
  else {
    sayTable(
      ['CATALOG', 'ITEMS', 'SHA-256'],
      found.catalogs.map(({ name, items, sha256 }) => [name, String(items), sha256]),
    );
    for (const { path, detail, left_out: isLeftOut } of found.problems)
      say(`${path}: ${detail}${isLeftOut ? ' It is in no catalog.' : ''}`);
    if (found.problems_total > found.problems.length) say(`… and ${found.problems_total - found.problems.length} more.`);
  }
  return found.problems.some(({ left_out: isLeftOut }) => isLeftOut) ? EXIT.refused : EXIT.done;
}

/** What each word needs after it, in words; null for nothing. */
const needs = { push: 'FOLDER', pull: 'FOLDER', check: null, pkginfo: 'PACKAGE', promote: 'ITEM', restore: 'PATH' } as const;

/** `ods munki push|pull FOLDER`, `check`, `pkginfo PACKAGE`, `promote ITEM` and `restore PATH`. */
export async function munkiCommand(server: AdminApi, [what = '', target]: readonly string[], options: MunkiOptions): Promise<Exit> {
  if (!Object.hasOwn(needs, what))
    throw new CommandFailed(`Say which: ${Object.keys(needs).join(', ')}. "ods help munki" shows how.`, EXIT.usage);
  const verb = what as keyof typeof needs;
  if (verb === 'check') return check(server, options.json);
  if (target === undefined) throw new CommandFailed(`Say which: ods munki ${verb} ${needs[verb]}.`, EXIT.usage);
  switch (verb) {
    case 'push':
      return push(server, { ...options, folder: target });
    case 'pull':
      return pull(server, { ...options, folder: target });
    case 'pkginfo':
      return makePkginfo(server, target, { ...options.pkginfo, json: options.json });
    case 'promote':
      return promoteItem(server, target, { ...options, ...options.promotion });
    case 'restore':
      return restoreFile(server, target, options.json);
  }
}
