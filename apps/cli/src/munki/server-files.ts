import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type AdminApi, readAnswer, unreachable } from '../admin-api.js';
import { CommandFailed } from '../failures.js';
import { answerTo, openRequest } from '../http-request.js';
import type { RepositoryFile } from './repository-folder.js';

/** A file of the repository as the server lists it. */
export interface ServerFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly status: string;
}

export interface Problem {
  readonly path: string;
  readonly code: string;
  readonly detail: string;
  readonly left_out: boolean;
}

export interface Catalogs {
  readonly catalogs: readonly { readonly name: string; readonly items: number; readonly sha256: string }[];
  readonly problems: readonly Problem[];
  readonly problems_total: number;
}

export const readCatalogs = (server: AdminApi): Promise<Catalogs> => server.get<Catalogs>('munki/catalogs');

export const fileUrl = (path: string): string => `munki/files/${encodeURIComponent(path)}`;

export async function listFiles(server: AdminApi): Promise<ServerFile[]> {
  const files: ServerFile[] = [];
  for (let cursor = ''; ;) {
    const page = await server.get<{ items: ServerFile[]; next: string | null }>(`munki/files?limit=1000${cursor}`);
    files.push(...page.items);
    if (page.next === null) return files;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

/** Sends a file; the hash is sent along, so that one that changes meanwhile is refused. Throws CommandFailed. */
export async function putFile(
  server: AdminApi,
  { path, file, size }: RepositoryFile,
  { sha256, isConfirmed }: { readonly sha256: string; readonly isConfirmed: boolean },
): Promise<void> {
  const query = `sha256=${sha256}${isConfirmed ? '&confirm=true' : ''}`;
  const request = openRequest(`${server.url}/api/admin/${fileUrl(path)}?${query}`, 'PUT', {
    ...server.authorization,
    'content-type': 'application/octet-stream',
    'content-length': String(size),
  });
  const answer = answerTo(request);
  // A refusal may come before all is sent, and then ends the connection: the answer counts, not the broken pipe.
  const sending = pipeline(createReadStream(file, { highWaterMark: 1_048_576 }), request).catch((error: unknown) => error);
  try {
    const response = await answer;
    readAnswer(response.statusCode ?? 0, await text(response));
  } catch (error) {
    throw error instanceof CommandFailed ? error : unreachable(server.url, error);
  } finally {
    request.destroy();
    await sending;
  }
}

export const deleteFile = (server: AdminApi, path: string, isConfirmed: boolean): Promise<unknown> =>
  server.call('DELETE', `${fileUrl(path)}${isConfirmed ? '?confirm=true' : ''}`);
