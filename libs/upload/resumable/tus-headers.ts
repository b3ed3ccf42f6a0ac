import { clampedNumber } from '#libs/platform/http/http-range.js';
import { requirePlainBody } from '../plain-body.js';
import { requireKnownField, uploadFields } from '../upload-fields.js';
import { UploadMalformed } from '../upload.errors.js';
import { TusExtensionUnknown } from './resumable.errors.js';

export const TUS_VERSION = '1.0.0';
export const TUS_EXTENSIONS = 'creation,creation-with-upload,termination,checksum,expiration';
export const checksumAlgorithms = ['sha1', 'sha256', 'sha512'] as const;

export interface Checksum {
  readonly algorithm: (typeof checksumAlgorithms)[number];
  readonly digest: Buffer;
}

const MOST_KEYS = 16;

/** What clients such as Uppy send of their own accord; says nothing about the package. */
const clientKeys = ['name', 'type', 'filetype', 'relativePath'];
const metadataKeys = ['filename', ...uploadFields];
/** Every `Upload-` header that this server acts upon (tus 1.0 and the extensions of TUS_EXTENSIONS). */
const requestHeaders = ['upload-length', 'upload-offset', 'upload-metadata', 'upload-checksum'];

/** A whole number that is not negative, from the header of that name; those beyond 2^53 are too large for any file. Throws UploadMalformed. */
export function byteCount(header: string, value: string | undefined): number {
  if (value === undefined || !/^\d+$/.test(value)) throw new UploadMalformed(`The header ${header} must be a whole number of bytes.`);
  return clampedNumber(value);
}

/**
 * What a client asks for and this server does not offer is refused, not ignored: `Upload-Concat: partial` would make a package of each
 * part, and bytes in another encoding would be kept encoded. Throws UploadMalformed, TusExtensionUnknown.
 */
export function requireOfferedOptions(heads: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(heads).filter((each) => each.startsWith('upload-') && !requestHeaders.includes(each)))
    throw new TusExtensionUnknown(
      `This server does not know the header ${name}: it speaks tus 1.0.0 with ${TUS_EXTENSIONS.replaceAll(',', ', ')}.`,
    );
  if (/upload-checksum/i.test(heads['trailer'] ?? ''))
    throw new TusExtensionUnknown('Send Upload-Checksum as a header, not as a trailer: checksum-trailer is not offered here.');
  requirePlainBody(heads);
}

/** `filename d29ybGQ=,replace`: keys with values in base64 (tus 1.0, creation). Throws UploadMalformed. */
export function uploadMetadata(header: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  const pairs = (header ?? '').trim() === '' ? [] : header!.split(',');
  if (pairs.length > MOST_KEYS) throw new UploadMalformed(`Upload-Metadata may have at most ${MOST_KEYS} keys.`);
  for (const pair of pairs) {
    const [key = '', value = '', ...rest] = pair.trim().split(' ');
    if (!/^[!-+\--~]+$/.test(key) || rest.length > 0)
      throw new UploadMalformed('Upload-Metadata must be of the form "key base64,key base64".');
    if (found.has(key)) throw new UploadMalformed(`Upload-Metadata has the key ${key} twice.`);
    found.set(key, textOf(key, value));
  }
  return found;
}

/** Throws InvalidRequest for a key without effect. Uploads that an earlier version began may have such. */
export function requireKnownKeys(metadata: ReadonlyMap<string, string>): void {
  for (const key of metadata.keys()) if (!clientKeys.includes(key)) requireKnownField('key of Upload-Metadata', key, metadataKeys);
}

/** `sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=` (tus 1.0, checksum). Null when there is none. Throws UploadMalformed. */
export function uploadChecksum(header: string | undefined): Checksum | null {
  if (header === undefined) return null;
  const [name, value = '', ...rest] = header.trim().split(' ');
  const algorithm = checksumAlgorithms.find((known) => known === name);
  if (!algorithm || rest.length > 0)
    throw new UploadMalformed(`Upload-Checksum must be one of ${checksumAlgorithms.join(', ')}, a space, and base64.`);
  return { algorithm, digest: bytesOf('Upload-Checksum', value) };
}

function bytesOf(what: string, base64: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) throw new UploadMalformed(`${what} is not base64.`);
  return Buffer.from(base64, 'base64');
}

function textOf(key: string, base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesOf(`The value of ${key} in Upload-Metadata`, base64));
  } catch (error) {
    if (error instanceof UploadMalformed) throw error;
    throw new UploadMalformed(`The value of ${key} in Upload-Metadata is not UTF-8.`);
  }
}
