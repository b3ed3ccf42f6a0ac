import { UploadMalformed } from './upload.errors.js';

/** The bytes of the request are the bytes of the file. Throws UploadMalformed. */
export function requirePlainBody(heads: Readonly<Record<string, string | undefined>>): void {
  const encoding = heads['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== '')
    throw new UploadMalformed(`Send the bytes as they are, without the header Content-Encoding (it says ${encoding.slice(0, 40)}).`);
  if (heads['content-range'] !== undefined)
    throw new UploadMalformed('Content-Range is not understood here: send the whole file, or use a resumable upload.');
}
