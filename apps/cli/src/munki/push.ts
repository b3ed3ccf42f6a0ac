import { filenameKey } from '#libs/packages/filename.js';
import type { AdminApi } from '../admin-api.js';
import { CommandFailed, EXIT, type Exit } from '../failures.js';
import { sha256Of } from '../folder-files.js';
import { say, sayTable } from '../screen.js';
import { readRepository, type RepositoryFile } from './repository-folder.js';
import { deleteFile, listFiles, type Problem, putFile, readCatalogs, type ServerFile } from './server-files.js';

export interface PushOrder {
  readonly folder: string;
  /** Whether files that the folder does not have go from the server. */
  readonly deletes: boolean;
  readonly dryRun: boolean;
  readonly isConfirmed: boolean;
  readonly json: boolean;
}

type Outcome = 'sent' | 'replaced' | 'deleted' | 'new' | 'differs' | 'extra' | 'refused';

interface Line {
  readonly path: string;
  readonly outcome: Outcome;
  readonly reason: string;
}

/** What clients need first comes first; files go in the opposite order. */
const order = ['pkgs', 'icons', 'client_resources', 'pkgsinfo', 'manifests'];
const rank = ({ path }: { readonly path: string }): number => order.indexOf(path.split('/', 1)[0]!);
/** Requests at a time: most files are small, and each waits for the disk of the server. */
const AT_A_TIME = 4;

interface Changed extends RepositoryFile {
  readonly sha256: string;
  readonly isNew: boolean;
}

async function changesOf(files: readonly RepositoryFile[], there: ReadonlyMap<string, ServerFile>): Promise<Changed[]> {
  const changed: Changed[] = [];
  for (const each of files) {
    const known = there.get(filenameKey(each.path));
    const sha256 = await sha256Of(each.file);
    const isSame = known?.size === each.size && known.sha256 === sha256 && known.path === each.path;
    if (!isSame) changed.push({ ...each, sha256, isNew: known === undefined });
  }
  return changed;
}

/** Runs `work` for each, some at a time; what the server refuses becomes a line, what ends everything is thrown. */
async function each<Item extends { readonly path: string }>(
  items: readonly Item[],
  work: (item: Item) => Promise<Outcome>,
): Promise<Line[]> {
  const lines: Line[] = [];
  const queue = [...items];
  const serve = async (): Promise<void> => {
    for (let item = queue.shift(); item; item = queue.shift()) {
      const { path } = item;
      try {
        lines.push({ path, outcome: await work(item), reason: '' });
      } catch (error) {
        if (!(error instanceof CommandFailed) || error.exit === EXIT.unreachable) throw error;
        lines.push({ path, outcome: 'refused', reason: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, serve));
  return lines;
}

async function send(server: AdminApi, changed: readonly Changed[], { isConfirmed }: PushOrder): Promise<Line[]> {
  const lines: Line[] = [];
  // One folder after the other: a pkginfo file comes after the files that it names.
  for (const top of order.keys()) {
    const part = changed.filter((file) => rank(file) === top);
    lines.push(
      ...(await each(part, async (file) => {
        await putFile(server, file, { sha256: file.sha256, isConfirmed });
        return file.isNew ? 'sent' : 'replaced';
      })),
    );
  }
  return lines;
}

async function remove(server: AdminApi, extra: readonly ServerFile[], { isConfirmed }: PushOrder): Promise<Line[]> {
  const lines: Line[] = [];
  for (const top of [...order.keys()].reverse()) {
    const part = extra.filter((file) => rank(file) === top);
    lines.push(
      ...(await each(part, async ({ path }): Promise<Outcome> => {
        await deleteFile(server, path, isConfirmed);
        return 'deleted';
      })),
    );
  }
  return lines;
}

const foreseen = (changed: readonly Changed[], extra: readonly ServerFile[]): Line[] => [
  ...changed.map(({ path, isNew }): Line => ({ path, outcome: isNew ? 'new' : 'differs', reason: '' })),
  ...extra.map(({ path }): Line => ({ path, outcome: 'extra', reason: 'Only --delete takes it from the server.' })),
];

function report(lines: readonly Line[], problems: readonly Problem[], same: number, { json, dryRun }: PushOrder): void {
  if (json) return say(JSON.stringify({ files: lines, same, problems }));
  const notable = [...lines].sort((one, other) => rank(one) - rank(other) || (one.path < other.path ? -1 : 1));
  if (notable.length > 0)
    sayTable(
      ['FILE', 'WHAT', 'WHY'],
      notable.map(({ path, outcome, reason }) => [path, outcome, reason]),
    );
  say(`${same} files are the same on the server.${dryRun ? ' Nothing was sent.' : ''}`);
  for (const { path, detail, left_out: isLeftOut } of problems) say(`${path}: ${detail}${isLeftOut ? ' It is in no catalog.' : ''}`);
}

/**
 * Makes the server's Munki repository the same as a folder. `done` only when every file is there and every pkginfo file of the folder gives an
 * item in the server's catalogs.
 */
export async function push(server: AdminApi, orderGiven: PushOrder): Promise<Exit> {
  const { folder, deletes, dryRun } = orderGiven;
  const { files, refused } = await readRepository(folder);
  const listed = await listFiles(server);
  const changed = await changesOf(files, new Map(listed.map((file) => [filenameKey(file.path), file])));
  const here = new Set(files.map(({ path }) => filenameKey(path)));
  const extra = listed.filter(({ path }) => !here.has(filenameKey(path)));
  const lines: Line[] = refused.map(({ path, reason }) => ({ path, reason, outcome: 'refused' }));
  if (dryRun) lines.push(...foreseen(changed, extra));
  else {
    lines.push(...(await send(server, changed, orderGiven)));
    if (deletes) lines.push(...(await remove(server, extra, orderGiven)));
  }
  const { problems } = await readCatalogs(server);
  report(lines, problems, files.length - changed.length, orderGiven);
  const isWhole = lines.every(({ outcome }) => outcome !== 'refused');
  const areListed = problems.every(({ left_out: isLeftOut }) => !isLeftOut);
  return isWhole && (dryRun || areListed) ? EXIT.done : EXIT.refused;
}
