import { createReadStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminApi, readAnswer, unreachable } from './admin-api.js';
import { answerTo, openRequest } from './http-request.js';
import type { Listed } from './packages.js';
import { Unfinished } from './unfinished.js';
import type { Progress, Uploaded, UploadWish } from './upload.js';

const TUS = { 'tus-resumable': '1.0.0' } as const;
/** Waits between tries, in milliseconds; with the last one for so long as there is patience. */
const WAITS_MS = [500, 1_000, 2_000, 5_000, 10_000];
/** So long may nothing arrive at the server, in milliseconds. */
const PATIENCE_MS = 10 * 60_000;
/** The server is busy with it, starts, or stands behind a proxy that does not reach it: later it will do. */
const passing = new Set([408, 409, 423, 425, 429, 500, 502, 503, 504]);

class LineBroken extends Error {}

interface Found extends UploadWish {
  readonly size: number;
  readonly mtimeMs: number;
}

/** Sends one file by the tus protocol: a broken line, a restarted server and a restarted client go on where they were. */
export async function uploadResumably(api: AdminApi, wish: Found, onProgress: Progress): Promise<Uploaded> {
  const { file, filename, fields, size, mtimeMs } = wish;
  const unfinished = new Unfinished([api.url, path.resolve(file), String(size), String(mtimeMs), filename, JSON.stringify(fields)]);
  let location = await unfinished.location();
  let safe = 0;
  for (let tries = 0, lastNews = Date.now(); ; tries += 1) {
    try {
      location ??= await begin(api, wish, unfinished);
      const offset = await offsetOf(api, location);
      if (offset === null) {
        location = null; // it expired
        continue;
      }
      if (offset > safe) [safe, tries, lastNews] = [offset, 0, Date.now()];
      const done = await sendFrom(api, location, wish, offset, onProgress);
      await unfinished.forget();
      return done;
    } catch (error) {
      if (!(error instanceof LineBroken)) {
        await unfinished.forget();
        throw error;
      }
      if (Date.now() - lastNews > PATIENCE_MS) throw unreachable(api.url, error);
      await sleep(WAITS_MS[Math.min(tries, WAITS_MS.length - 1)]!);
    }
  }
}

async function begin(api: AdminApi, { filename, fields, size }: Found, unfinished: Unfinished): Promise<string> {
  const metadata = Object.entries({ filename, ...fields }).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
  const headers = { 'upload-length': String(size), 'upload-metadata': metadata.join(',') };
  const location = new URL((await exchange(api, 'POST', '/api/admin/upload/resumable', headers)).headers.location!, api.url).pathname;
  await unfinished.remember(location);
  return location;
}

/** How far it is safe there; null when the server does not know it any more. */
async function offsetOf(api: AdminApi, location: string): Promise<number | null> {
  const { statusCode = 0, headers } = await exchange(api, 'HEAD', location, {}, [404, 410]);
  return statusCode === 404 || statusCode === 410 ? null : Number(headers['upload-offset']);
}

async function sendFrom(api: AdminApi, location: string, { file, size }: Found, offset: number, onProgress: Progress): Promise<Uploaded> {
  const headers = {
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(offset),
    'content-length': String(size - offset),
  };
  const body = async function* (): AsyncGenerator<Buffer> {
    let sent = offset;
    if (offset === size) return;
    for await (const piece of createReadStream(file, { start: offset, highWaterMark: 1_048_576 })) {
      yield piece as Buffer;
      onProgress((sent += (piece as Buffer).length), size);
    }
  };
  const answer = await exchange(api, 'PATCH', location, headers, [], body);
  if (Number(answer.headers['upload-offset']) !== size) throw new LineBroken('The server did not get all of it.');
  const id = String(answer.headers['ods-package-id']);
  const existed = answer.headers['ods-already-existed'] === 'true';
  return { ...(await api.get<Listed>(`packages/${id}`)), already_existed: existed };
}

/** One request. Throws LineBroken for what passes, CommandFailed for what stays. */
async function exchange(
  api: AdminApi,
  method: string,
  target: string,
  headers: Record<string, string>,
  expected: readonly number[] = [],
  body?: () => AsyncGenerator<Buffer>,
): Promise<IncomingMessage> {
  const request = openRequest(api, target, method, { ...TUS, ...headers });
  const answer = answerTo(request);
  const sending = body ? pipeline(body, request).catch((error: unknown) => error) : request.end();
  let response: IncomingMessage;
  let said: string;
  try {
    response = await answer;
    said = await text(response);
  } catch (error) {
    throw new LineBroken((error as Error).message, { cause: error });
  } finally {
    request.destroy();
    await sending;
  }
  const status = response.statusCode ?? 0;
  if (expected.includes(status)) return response;
  const isConflict = status === 409 && method === 'POST'; // a taken name does not pass
  if (passing.has(status) && !isConflict) throw new LineBroken(`Status ${status}.`);
  readAnswer(status, status >= 200 && status <= 299 ? '' : said);
  return response;
}
