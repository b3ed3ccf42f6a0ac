import { createHash, type Hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { DigestMismatch, UploadMalformed } from './upload.errors.js';

const algorithms: Readonly<Record<string, string>> = { 'sha-256': 'sha256', 'sha-512': 'sha512' };
const member = /^\s*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):\s*$/;

interface Expected {
  readonly header: string;
  readonly hash: Hash;
  readonly digest: Buffer;
}

/** `sha-256=:base64:, sha-512=:base64:` (RFC 9530); algorithms that are not known do not count. Throws UploadMalformed. */
function expectedOf(header: string, value: string | undefined): Expected[] {
  if (value === undefined) return [];
  return value.split(',').flatMap((text) => {
    const [, name, base64] = member.exec(text) ?? [];
    if (name === undefined || base64 === undefined) throw new UploadMalformed(`${header} must be of the form "sha-256=:BASE64:".`);
    const algorithm = algorithms[name];
    return algorithm === undefined ? [] : [{ header, hash: createHash(algorithm), digest: Buffer.from(base64, 'base64') }];
  });
}

/** Compares the body of a request with the digests that came in its head: `Content-Digest` and `Repr-Digest` (RFC 9530). */
export class BodyDigest {
  private constructor(private readonly expected: readonly Expected[]) {}

  /** Null when there are none. Throws UploadMalformed. */
  static of(headers: IncomingHttpHeaders): BodyDigest | null {
    const expected = [
      ...expectedOf('Content-Digest', headers['content-digest'] as string | undefined),
      ...expectedOf('Repr-Digest', headers['repr-digest'] as string | undefined),
    ];
    return expected.length === 0 ? null : new BodyDigest(expected);
  }

  update(piece: Buffer): void {
    for (const { hash } of this.expected) hash.update(piece);
  }

  /** Once all of the body was given to `update`. Throws DigestMismatch. */
  verify(): void {
    for (const { header, hash, digest } of this.expected) {
      const found = hash.digest();
      if (found.length !== digest.length || !timingSafeEqual(found, digest)) throw new DigestMismatch(header);
    }
  }
}
