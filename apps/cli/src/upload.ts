import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type AdminApi, readAnswer, unreachable } from './admin-api.js';
import { CommandFailed } from './failures.js';

export interface UploadWish {
  readonly file: string;
  readonly filename: string;
  readonly fields: Readonly<Record<string, string>>;
}

const BOUNDARY = `ods-${crypto.randomUUID()}`;

/** Sends one file through the upload form, a block at a time. `onProgress` hears how many bytes went out. */
export async function uploadFile<T>(api: AdminApi, wish: UploadWish, onProgress: (sent: number, size: number) => void): Promise<T> {
  const { size } = await sizeOf(wish.file);
  const [head, tail] = [Buffer.from(formHead(wish)), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)];
  const request = open(api, head.length + size + tail.length);
  const answer = answerTo(request);
  let sent = 0;
  const body = async function* (): AsyncGenerator<Buffer> {
    yield head;
    for await (const piece of createReadStream(wish.file, { highWaterMark: 1_048_576 })) {
      yield piece as Buffer;
      onProgress((sent += (piece as Buffer).length), size);
    }
    yield tail;
  };
  // A refusal may come before all is sent, and then ends the connection: the answer counts, not the broken pipe.
  const sending = pipeline(body, request).catch((error: unknown) => error);
  try {
    const response = await answer;
    return readAnswer<T>(response.statusCode ?? 0, await text(response));
  } catch (error) {
    throw error instanceof CommandFailed ? error : unreachable(api.url, error);
  } finally {
    request.destroy();
    await sending;
  }
}

async function sizeOf(file: string): Promise<{ size: number }> {
  try {
    const found = await stat(file);
    if (!found.isFile()) throw new CommandFailed(`${file} is not a file.`);
    return found;
  } catch (error) {
    if (error instanceof CommandFailed) throw error;
    throw new CommandFailed(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** Names as browsers write them: quotes and line ends would end the header. */
const quoted = (name: string): string => name.replace(/["\r\n]/g, (sign) => encodeURIComponent(sign));

function formHead({ filename, fields }: UploadWish): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${quoted(filename)}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return parts.join('') + file;
}

function open(api: AdminApi, length: number): ClientRequest {
  const url = new URL(`${api.url}/api/admin/upload`);
  const headers = { ...api.authorization, 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, 'content-length': length };
  return (url.protocol === 'https:' ? tlsRequest : plainRequest)(url, { method: 'POST', headers });
}

const answerTo = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
