import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type AdminApi, readAnswer, unreachable } from './admin-api.js';
import { CommandFailed } from './failures.js';
import { answerTo, openRequest } from './http-request.js';
import type { Listed } from './packages.js';
import { uploadResumably } from './resumable-upload.js';

export interface UploadWish {
  readonly file: string;
  readonly filename: string;
  readonly fields: Readonly<Record<string, string>>;
}

export type Uploaded = Listed & { readonly already_existed: boolean };
/** Hears how many bytes went out. */
export type Progress = (sent: number, size: number) => void;

const BOUNDARY = `ods-${crypto.randomUUID()}`;
/** Smaller files are sent again from their beginning: that takes less time than to ask. */
const RESUMED_FROM = 16 * 2 ** 20;

/** Sends one file, a block at a time; larger ones so that they can be gone on with. Throws CommandFailed. */
export async function uploadFile(api: AdminApi, wish: UploadWish, onProgress: Progress): Promise<Uploaded> {
  const { size, mtimeMs } = await statOf(wish.file);
  if (size >= RESUMED_FROM) return uploadResumably(api, { ...wish, size, mtimeMs }, onProgress);
  return uploadForm(api, wish, size, onProgress);
}

async function uploadForm(api: AdminApi, wish: UploadWish, size: number, onProgress: Progress): Promise<Uploaded> {
  const [head, tail] = [Buffer.from(formHead(wish)), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)];
  const request = openRequest(api, '/api/admin/upload', 'POST', {
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    'content-length': String(head.length + size + tail.length),
  });
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
    return readAnswer<Uploaded>(response.statusCode ?? 0, await text(response));
  } catch (error) {
    throw error instanceof CommandFailed ? error : unreachable(api.url, error);
  } finally {
    request.destroy();
    await sending;
  }
}

async function statOf(file: string): Promise<Stats> {
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
