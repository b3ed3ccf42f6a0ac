import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Lower case hexadecimal SHA-256. */
export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** A fresh 32 digit hexadecimal identifier (128 random bits). */
export const newHexId = (): string => randomBytes(16).toString('hex');

/** A fresh URL-safe secret of `bytes` random bytes. */
export const newSecret = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** Compares two texts in a time that does not depend on where they differ. */
export function secretsEqual(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
