import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type AdminApi, readAnswer, unreachable } from '../admin-api.js';
import { CommandFailed, EXIT, type Exit } from '../failures.js';
import { sha256Of } from '../folder-files.js';
import { answerTo, openRequest } from '../http-request.js';
import { say, sayTable } from '../screen.js';
import { checkMunkiPath } from '#libs/packages/filename.js';
import { fileUrl, listFiles, type ServerFile } from './server-files.js';

export interface PullOrder {
  readonly folder: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

interface Line {
  readonly path: string;
  readonly outcome: 'same' | 'fetched' | 'new' | 'differs' | 'refused';
  readonly reason: string;
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Into a file of its own beside the place, which is renamed once it is whole. Throws CommandFailed. */
async function fetchFile(server: AdminApi, { path: name, sha256 }: ServerFile, place: string): Promise<void> {
  const draft = `${place}.part`;
  await mkdir(path.dirname(place), { recursive: true });
  const request = openRequest(`${server.url}/api/admin/${fileUrl(name)}`, 'GET', server.authorization);
  try {
    const answer = answerTo(request);
    request.end();
    const response = await answer;
    if (response.statusCode !== 200) readAnswer(response.statusCode ?? 0, await text(response));
    const hash = createHash('sha256');
    response.on('data', (piece: Buffer) => hash.update(piece));
    await pipeline(response, createWriteStream(draft));
    if (hash.digest('hex') !== sha256) throw new CommandFailed('It was replaced while it was fetched. Run the command again.');
    await sync(draft);
    await rename(draft, place);
  } catch (error) {
    throw error instanceof CommandFailed ? error : unreachable(server.url, error);
  } finally {
    request.destroy();
    await rm(draft, { force: true });
  }
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function take(server: AdminApi, file: ServerFile, { folder, dryRun }: PullOrder): Promise<Line> {
  const { path: name } = file;
  try {
    // The server may be another one than one thinks: nothing is written outside the folder.
    const place = path.join(folder, checkMunkiPath(name));
    const size = await sizeOf(place);
    if (size === file.size && (await sha256Of(place)) === file.sha256) return { path: name, outcome: 'same', reason: '' };
    if (dryRun) return { path: name, outcome: size === null ? 'new' : 'differs', reason: '' };
    await fetchFile(server, file, place);
    return { path: name, outcome: 'fetched', reason: '' };
  } catch (error) {
    if (error instanceof CommandFailed && error.exit === EXIT.unreachable) throw error;
    return { path: name, outcome: 'refused', reason: (error as Error).message };
  }
}

/** Brings the server's Munki repository into a folder, for a web server of one's own or for the way out. Files that only the folder has stay. */
export async function pull(server: AdminApi, order: PullOrder): Promise<Exit> {
  const lines: Line[] = [];
  for (const file of await listFiles(server)) lines.push(await take(server, file, order));
  const notable = lines.filter(({ outcome }) => outcome !== 'same');
  if (order.json) say(JSON.stringify({ files: lines }));
  else {
    if (notable.length > 0)
      sayTable(
        ['FILE', 'WHAT', 'WHY'],
        notable.map(({ path: name, outcome, reason }) => [name, outcome, reason]),
      );
    say(`${lines.length - notable.length} files were there already. Catalogs are not among them: makecatalogs makes them.`);
  }
  return lines.some(({ outcome }) => outcome === 'refused') ? EXIT.refused : EXIT.done;
}
