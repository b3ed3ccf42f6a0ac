import type { FastifyReply } from 'fastify';
import { NotOffsetStream, TusVersionUnknown } from './resumable.errors.js';
import type { Progress } from './resumable-life.js';
import { requireOfferedOptions, TUS_VERSION, uploadMetadata } from './tus-headers.js';

type Heads = Readonly<Record<string, string | undefined>>;

export const OFFSET_STREAM = 'application/offset+octet-stream';

/** Throws TusVersionUnknown, TusExtensionUnknown, UploadMalformed. */
export function requireTus(heads: Heads, reply: FastifyReply): void {
  void reply.headers({ 'Tus-Resumable': TUS_VERSION, 'Cache-Control': 'no-store' });
  if (heads['tus-resumable'] === TUS_VERSION) return requireOfferedOptions(heads);
  void reply.header('Tus-Version', TUS_VERSION);
  throw new TusVersionUnknown();
}

export const isOffsetStream = (heads: Heads): boolean => heads['content-type']?.split(';')[0]?.trim().toLowerCase() === OFFSET_STREAM;

/** Throws NotOffsetStream. */
export function requireOffsetStream(heads: Heads): void {
  if (!isOffsetStream(heads)) throw new NotOffsetStream();
}

/** Proxies take 4 KiB or 8 KiB for all headers of an answer together. */
const MOST_METADATA = 1_024;

/** What a client said at the beginning, for HEAD (tus 1.0, creation); long values such as notes are left out. */
function boundedMetadata(metadata: string): string {
  if (metadata.length <= MOST_METADATA) return metadata;
  const filename = Buffer.from(uploadMetadata(metadata).get('filename') ?? '').toString('base64');
  return `filename ${filename}`;
}

/** Returns the metadata given at creation to a client that asks for the offset. */
export function sendMetadata(reply: FastifyReply, { upload }: Progress): void {
  if (upload.metadata) void reply.header('Upload-Metadata', boundedMetadata(upload.metadata));
}

/** The state of an upload is in the headers of an answer. */
export function sendProgress(reply: FastifyReply, { upload, published }: Progress): void {
  void reply.headers({
    'Upload-Offset': String(upload.received),
    'Upload-Length': String(upload.size),
    'Upload-Expires': new Date(upload.expiresMs).toUTCString(),
    ...(published ? { 'ODS-Package-Id': String(published.package.id), 'ODS-Already-Existed': String(published.alreadyExisted) } : {}),
  });
}
