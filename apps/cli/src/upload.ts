import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type AdminApi, isOfProxy, readAnswer, unreachable } from './admin-api.js';
import { CommandFailed } from './failures.js';
import { answerTo, openRequest } from './http-request.js';
import { uploadResumably } from './resumable-upload.js';
import type { Progress, Uploaded, UploadRequest } from './upload-request.js';

const BOUNDARY = `ods-${crypto.randomUUID()}`;
/** Smaller files are sent again from their beginning: that takes less time than to ask. */
const RESUMED_FROM = 16 * 2 ** 20;

/** Sends one file, a block at a time; larger ones so that they can be gone on with. Throws CommandFailed. */
export async function uploadFile(api: AdminApi, input: UploadRequest, onProgress: Progress): Promise<Uploaded> {
  const { size, mtimeMs } = await statOf(input.file);
  const mayBeWhole = size < RESUMED_FROM && (input.chunkSize === null || size <= input.chunkSize);
  const uploaded = mayBeWhole ? await uploadForm(api, input, size, onProgress) : null;
  return uploaded ?? uploadResumably(api, { ...input, size, mtimeMs }, onProgress);
}

/** Null when a proxy on the way takes no request of that length. */
async function uploadForm(api: AdminApi, input: UploadRequest, size: number, onProgress: Progress): Promise<Uploaded | null> {
  const [head, tail] = [Buffer.from(formHead(input)), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)];
  const request = openRequest(`${api.url}/api/admin/upload`, 'POST', {
    ...api.authorization,
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    'content-length': String(head.length + size + tail.length),
  });
  const answer = answerTo(request);
  let sent = 0;
  const body = async function* (): AsyncGenerator<Buffer> {
    yield head;
    for await (const piece of createReadStream(input.file, { highWaterMark: 1_048_576 })) {
      yield piece as Buffer;
      onProgress((sent += (piece as Buffer).length), size);
    }
    yield tail;
  };
  // A refusal may come before all is sent, and then ends the connection: the answer counts, not the broken pipe.
  const sending = pipeline(body, request).catch((error: unknown) => error);
  try {
    const response = await answer;
    const said = await text(response);
    if (response.statusCode === 413 && isOfProxy(said)) return null;
    return readAnswer<Uploaded>(response.statusCode ?? 0, said);
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

function formHead({ filename, fields }: UploadRequest): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${quoted(filename)}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return parts.join('') + file;
}
