import type { FastifyReply } from 'fastify';
import { NotOffsetStream, TusVersionUnknown } from './resumable.errors.js';
import type { Progress } from './resumable-life.js';
import { TUS_VERSION } from './tus-headers.js';

type Heads = Readonly<Record<string, string | undefined>>;

export const OFFSET_STREAM = 'application/offset+octet-stream';

/** Throws TusVersionUnknown. */
export function requireTus(heads: Heads, reply: FastifyReply): void {
  void reply.headers({ 'Tus-Resumable': TUS_VERSION, 'Cache-Control': 'no-store' });
  if (heads['tus-resumable'] === TUS_VERSION) return;
  void reply.header('Tus-Version', TUS_VERSION);
  throw new TusVersionUnknown();
}

export const isOffsetStream = (heads: Heads): boolean => heads['content-type']?.split(';')[0]?.trim().toLowerCase() === OFFSET_STREAM;

/** Throws NotOffsetStream. */
export function requireOffsetStream(heads: Heads): void {
  if (!isOffsetStream(heads)) throw new NotOffsetStream();
}

/** The state of an upload is in the headers of an answer. */
export function tellProgress(reply: FastifyReply, { upload, published }: Progress): void {
  void reply.headers({
    'Upload-Offset': String(upload.received),
    'Upload-Length': String(upload.size),
    'Upload-Expires': new Date(upload.expiresMs).toUTCString(),
    ...(upload.metadata ? { 'Upload-Metadata': upload.metadata } : {}),
    ...(published ? { 'ODS-Package-Id': String(published.package.id), 'ODS-Already-Existed': String(published.alreadyExisted) } : {}),
  });
}
