import { createReadStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminApi, isOfProxy, readAnswer, unreachable } from './admin-api.js';
import { answerTo, openRequest } from './http-request.js';
import type { Listed } from './packages.js';
import { ChunkSize } from './chunk-size.js';
import { Unfinished } from './unfinished.js';
import type { Progress, Uploaded, UploadRequest } from './upload-request.js';

const RESUMABLE = '/api/admin/upload/resumable';
const TUS = { 'tus-resumable': '1.0.0' } as const;
/** Waits between tries, in milliseconds; with the last one for so long as there is patience. */
const WAITS_MS = [500, 1_000, 2_000, 5_000, 10_000];
/** So long may nothing arrive at the server, in milliseconds. */
const PATIENCE_MS = 10 * 60_000;
/** The server is busy with it, starts, or stands behind a proxy that does not reach it: later it will do. */
const passing = new Set([408, 409, 423, 425, 429, 500, 502, 503, 504]);

class LineBroken extends Error {}
/** A proxy on the way takes no request of that length. */
class RequestTooLong extends Error {}

interface Found extends UploadRequest {
  readonly size: number;
  readonly mtimeMs: number;
}

/** Sends one file by the tus protocol: a broken line, a restarted server and a restarted client go on where they were. */
export async function uploadResumably(api: AdminApi, input: Found, onProgress: Progress): Promise<Uploaded> {
  const { file, filename, fields, size, mtimeMs } = input;
  const unfinished = new Unfinished([api.url, path.resolve(file), String(size), String(mtimeMs), filename, JSON.stringify(fields)]);
  const chunk = new ChunkSize(input.chunkSize);
  let location = await unfinished.location();
  let safe = 0;
  let tried = 0;
  for (let tries = 0, lastNews = Date.now(); ; tries += 1) {
    try {
      location ??= await begin(api, input, unfinished);
      const offset = await offsetOf(api, location);
      if (offset === null) {
        location = null; // it expired
        continue;
      }
      if (offset > safe) [safe, tries, lastNews] = [offset, 0, Date.now()];
      else if (tried > 0) chunk.halve(tried); // it was cut, and nothing of it came through
      tried = chunk.of(size - offset);
      const done = await sendFrom(api, location, input, { offset, length: tried }, onProgress);
      tried = 0;
      if (done === null) continue;
      await unfinished.forget();
      return done;
    } catch (error) {
      if (error instanceof RequestTooLong && chunk.halve(tried)) {
        tried = 0;
        continue;
      }
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
  // Some proxies rewrite Location and some do not: of it only the name of the upload counts.
  const id = (await exchange(api, 'POST', RESUMABLE, headers)).headers.location?.split('/').at(-1) ?? '';
  const location = `${RESUMABLE}/${id}`;
  await unfinished.remember(location);
  return location;
}

/** How far it is safe there; null when the server does not know it any more. */
async function offsetOf(api: AdminApi, location: string): Promise<number | null> {
  const { statusCode = 0, headers } = await exchange(api, 'HEAD', location, {}, [404, 410]);
  return statusCode === 404 || statusCode === 410 ? null : Number(headers['upload-offset']);
}

interface Portion {
  readonly offset: number;
  readonly length: number;
}

/** Sends some of the file; answers the package when that was the last of it, and null before. */
async function sendFrom(
  api: AdminApi,
  location: string,
  { file, size }: Found,
  { offset, length }: Portion,
  onProgress: Progress,
): Promise<Uploaded | null> {
  const headers = {
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(offset),
    'content-length': String(length),
  };
  const body = async function* (): AsyncGenerator<Buffer> {
    let sent = offset;
    if (length === 0) return;
    for await (const piece of createReadStream(file, { start: offset, end: offset + length - 1, highWaterMark: 1_048_576 })) {
      yield piece as Buffer;
      onProgress((sent += (piece as Buffer).length), size);
    }
  };
  const answer = await exchange(api, 'PATCH', location, headers, [], body);
  const safe = Number(answer.headers['upload-offset']);
  if (safe !== offset + length) throw new LineBroken('The server did not get all of it.');
  if (safe < size) return null;
  const id = String(answer.headers['ods-package-id']);
  const existed = answer.headers['ods-already-existed'] === 'true';
  return { ...(await api.get<Listed>(`packages/${id}?by=id`)), already_existed: existed };
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
  const request = openRequest(api.url + target, method, { ...api.authorization, ...TUS, ...headers });
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
  if (status === 413 && isOfProxy(said)) throw new RequestTooLong();
  const isConflict = status === 409 && method === 'POST'; // a taken name does not pass
  if (passing.has(status) && !isConflict) throw new LineBroken(`Status ${status}.`);
  readAnswer(status, status >= 200 && status <= 299 ? '' : said);
  return response;
}
