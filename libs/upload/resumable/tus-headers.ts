import { UploadMalformed } from '../upload.errors.js';

export const TUS_VERSION = '1.0.0';
export const TUS_EXTENSIONS = 'creation,creation-with-upload,termination,checksum,expiration';
export const checksumAlgorithms = ['sha1', 'sha256', 'sha512'] as const;

export interface Checksum {
  readonly algorithm: (typeof checksumAlgorithms)[number];
  readonly digest: Buffer;
}

const MOST_KEYS = 16;

/** A whole number that is not negative, from the header of that name. Throws UploadMalformed. */
export function byteCount(header: string, value: string | undefined): number {
  const bytes = value !== undefined && /^\d{1,16}$/.test(value) ? Number(value) : NaN;
  if (!Number.isSafeInteger(bytes)) throw new UploadMalformed(`The header ${header} must be a whole number of bytes.`);
  return bytes;
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
