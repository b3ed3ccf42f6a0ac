import path from 'node:path';
import type { AdminApi } from './admin-api.js';
import { CommandFailed, EXIT, type Exit } from './failures.js';
import { byName, type Compared, compareWith, doubles, type LocalFile, onlyThere } from './folder-comparison.js';
import { filesIn, sha256Of } from './folder-files.js';
import { allPackages, type Listed, type Stage } from './packages.js';
import { addToRenameMap, readRenameMap, type RenameMap } from './rename-map.js';
import { progressBar, say, sayTable } from './screen.js';
import { uploadFile } from './upload.js';

export interface FolderImport {
  readonly folder: string;
  readonly match: string;
  readonly stage: Stage | undefined;
  readonly replace: boolean;
  readonly dryRun: boolean;
  /** The file with other names for files. */
  readonly rename: string | undefined;
  readonly chunkSize: number | null;
  readonly json: boolean;
}

type Outcome = 'same' | 'uploaded' | 'new' | 'differs' | 'refused' | 'skipped';

interface Line {
  readonly filename: string;
  readonly outcome: Outcome;
  readonly reason: string;
}

const differs = 'The server has another content of that name.';
/** As it is named in the folder. */
const ownName = ({ file }: LocalFile): string => path.basename(file);
const skip = (each: LocalFile, reason: string): Line => ({ filename: ownName(each), outcome: 'skipped', reason });

/** Uploads a file. The hash is sent along: one that is changed meanwhile is refused, not stored half new. */
async function send(server: AdminApi, { file, filename, likeness, sha256 }: Compared, order: FolderImport): Promise<string> {
  const fields = {
    sha256: sha256 ?? (await sha256Of(file)),
    ...(order.stage === undefined ? {} : { stage: order.stage }),
    ...(likeness === 'differs' ? { replace: 'true' } : {}),
  };
  const bar = progressBar(filename);
  await uploadFile(server, { file, filename, fields, chunkSize: order.chunkSize }, bar.show).finally(bar.end);
  return likeness === 'differs' ? 'It replaced another content.' : '';
}

async function deal(server: AdminApi, packages: ReadonlyMap<string, Listed>, local: LocalFile, order: FolderImport): Promise<Line> {
  const filename = ownName(local);
  try {
    const compared = await compareWith(packages, local, sha256Of);
    const { likeness } = compared;
    if (likeness === 'same') return { filename, outcome: 'same', reason: '' };
    if (likeness === 'differs' && (order.dryRun || !order.replace)) return { filename, outcome: 'differs', reason: differs };
    if (order.dryRun) return { filename, outcome: 'new', reason: '' };
    return { filename, outcome: 'uploaded', reason: await send(server, compared, order) };
  } catch (error) {
    if (!(error instanceof CommandFailed) || error.exit === EXIT.unreachable) throw error;
    return { filename, outcome: 'refused', reason: error.message };
  }
}

/** What is to come to the server, under its name there, and what is not. */
function choose(files: readonly LocalFile[], map: RenameMap): { wanted: LocalFile[]; left: Line[] } {
  const named = files.map((each) => ({ ...each, filename: map.get(each.filename) ?? each.filename }));
  const twice = doubles(named.filter(({ filename }) => filename !== ''));
  const left = named.flatMap((each): Line[] => {
    if (each.filename === '') return [skip(each, 'The rename map has no name for it.')];
    return twice.has(each) ? [{ ...skip(each, 'Another file has that name on the server.'), outcome: 'refused' }] : [];
  });
  return { wanted: named.filter((each) => each.filename !== '' && !twice.has(each)), left };
}

function report(lines: readonly Line[], extra: readonly string[], { json, folder }: FolderImport): void {
  if (json) return say(JSON.stringify({ files: lines, only_on_server: extra }));
  const notable = lines.filter(({ outcome }) => outcome !== 'same');
  if (notable.length > 0)
    sayTable(
      ['FILE', 'WHAT', 'WHY'],
      notable.map(({ filename, outcome, reason }) => [filename, outcome, reason]),
    );
  const counts = new Map<Outcome, number>();
  for (const { outcome } of lines) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const parts = [...counts].map(([outcome, count]) => `${count} ${outcome}`);
  say(`${folder}: ${parts.length === 0 ? 'no files' : parts.join(', ')}; ${extra.length} packages are only on the server.`);
}

/**
 * Brings the files of a folder to a server, or only compares them. What is there already is not sent, so that it can be run again after
 * a fault. Status 0 only when the server has every file that was not skipped, and there is one.
 */
export async function importFolder(server: AdminApi, order: FolderImport): Promise<Exit> {
  const map = order.rename === undefined ? new Map<string, string>() : await readRenameMap(order.rename);
  const { files, skipped } = await filesIn(order.folder, order.match);
  const { wanted, left } = choose(files, map);
  const packages = await allPackages(server);
  const lines: Line[] = [...skipped.map((each): Line => ({ ...each, outcome: 'skipped' })), ...left];
  const known = byName(packages);
  for (const local of wanted) lines.push(await deal(server, known, local, order));
  const refused = lines.filter(({ outcome }) => outcome === 'refused').map(({ filename }) => filename);
  if (order.rename !== undefined && refused.length > 0) await addToRenameMap(order.rename, map, refused);
  report(lines, onlyThere(wanted, packages), order);
  const isThere = ({ outcome }: Line): boolean => outcome === 'same' || outcome === 'uploaded' || outcome === 'skipped';
  return wanted.length > 0 && lines.every(isThere) ? EXIT.done : EXIT.refused;
}
