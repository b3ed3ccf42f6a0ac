import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Pace } from '#libs/packages/integrity/pacer.js';

const STEP_BYTES = 2 ** 20;

export interface FileDigests {
  readonly sha256: string;
  readonly md5: string;
  readonly sha512: string;
  readonly sha3512: string | null;
}

/** Reads a whole open file once; lower case hexadecimal. SHA3-512 costs three times as much as the others, and is computed on demand. */
export async function readDigests(file: FileHandle, withSha3: boolean, pace: Pace): Promise<FileDigests> {
  const hashes = { sha256: createHash('sha256'), md5: createHash('md5'), sha512: createHash('sha512') };
  const sha3 = withSha3 ? createHash('sha3-512') : null;
  const buffer = Buffer.allocUnsafe(STEP_BYTES);
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(buffer, 0, STEP_BYTES, at);
    if (bytesRead === 0) break;
    await pace(bytesRead);
    const step = buffer.subarray(0, bytesRead);
    for (const hash of Object.values(hashes)) hash.update(step);
    sha3?.update(step);
    at += bytesRead;
  }
  const { sha256, md5, sha512 } = hashes;
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex'), sha512: sha512.digest('hex'), sha3512: sha3?.digest('hex') ?? null };
}
