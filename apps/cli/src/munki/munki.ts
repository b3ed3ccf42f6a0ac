import type { AdminApi } from '../admin-api.js';
import { CommandFailed, EXIT, type Exit } from '../failures.js';
import { say, sayTable } from '../screen.js';
import { pull } from './pull.js';
import { push } from './push.js';
import { readCatalogs } from './server-files.js';

export interface MunkiOptions {
  readonly deletes: boolean;
  readonly dryRun: boolean;
  readonly isConfirmed: boolean;
  readonly json: boolean;
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

/** `ods munki push|pull FOLDER`, `ods munki check`. */
export function munkiCommand(server: AdminApi, [what, folder]: readonly string[], options: MunkiOptions): Promise<Exit> {
  if (what === 'check') return check(server, options.json);
  if (what !== 'push' && what !== 'pull')
    throw new CommandFailed('Say which: push, pull or check. "ods help munki" shows how.', EXIT.usage);
  if (folder === undefined) throw new CommandFailed(`Say which folder: ods munki ${what} FOLDER.`, EXIT.usage);
  return what === 'push' ? push(server, { ...options, folder }) : pull(server, { ...options, folder });
}
