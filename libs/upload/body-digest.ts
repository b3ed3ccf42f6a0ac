import { createHash, type Hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { DigestMismatch, UploadMalformed } from './upload.errors.js';

const algorithms: Readonly<Record<string, string>> = { 'sha-256': 'sha256', 'sha-512': 'sha512' };
const member = /^\s*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):\s*$/;

interface Expected {
  readonly header: string;
  /** Null for SHA-256 of a body that is the file: it is computed anyway. */
  readonly hash: Hash | null;
  readonly digest: Buffer;
}

/** `sha-256=:base64:, sha-512=:base64:` (RFC 9530); algorithms that are not known do not count. Throws UploadMalformed. */
function expectedOf(header: string, value: string | undefined, isFile: boolean): Expected[] {
  if (value === undefined) return [];
  return value.split(',').flatMap((text) => {
    const [, name, base64] = member.exec(text) ?? [];
    if (name === undefined || base64 === undefined) throw new UploadMalformed(`${header} must be of the form "sha-256=:BASE64:".`);
    const algorithm = algorithms[name];
    if (algorithm === undefined) return [];
    const hash = isFile && algorithm === 'sha256' ? null : createHash(algorithm);
    return [{ header, hash, digest: Buffer.from(base64, 'base64') }];
  });
}

/** Names in `Digest` (RFC 3230 and its registry). */
const olderAlgorithms: Readonly<Record<string, string>> = { 'sha-256': 'sha256', 'sha-512': 'sha512', sha: 'sha1', md5: 'md5' };

const olderHeaders = [
  { header: 'Content-MD5', algorithm: 'md5', encoding: 'base64', isOfFile: false },
  { header: 'X-Checksum-Sha1', algorithm: 'sha1', encoding: 'hex', isOfFile: true },
  { header: 'X-Checksum-Md5', algorithm: 'md5', encoding: 'hex', isOfFile: true },
] as const;

const patterns = { base64: /^[A-Za-z0-9+/]+={0,2}$/, hex: /^(?:[0-9a-f]{2})+$/i } as const;

/** Throws UploadMalformed; also for an algorithm that this machine may not use (FIPS). */
function olderDigest(header: string, algorithm: string, value: string, encoding: 'base64' | 'hex'): Expected {
  if (!patterns[encoding].test(value))
    throw new UploadMalformed(`${header} must have a digest in ${encoding}, not "${value.slice(0, 60)}".`);
  try {
    return { header, hash: createHash(algorithm), digest: Buffer.from(value, encoding) };
  } catch {
    throw new UploadMalformed(`This server cannot compute ${algorithm}, which ${header} has. Send Content-Digest with SHA-256.`);
  }
}

/** What clients send that know no RFC 9530. Throws UploadMalformed. */
function olderOf(headers: IncomingHttpHeaders, isFile: boolean): Expected[] {
  const digests = (headers['digest'] as string | undefined)?.split(',') ?? [];
  const inDigest = digests.flatMap((text) => {
    const [, name = '', value = ''] = /^\s*([^=\s]+)=(.*?)\s*$/.exec(text) ?? [];
    const algorithm = olderAlgorithms[name.toLowerCase()];
    if (name === '') throw new UploadMalformed('Digest must be of the form "sha-256=BASE64".');
    return algorithm === undefined ? [] : [olderDigest('Digest', algorithm, value, 'base64')];
  });
  const others = olderHeaders.flatMap(({ header, algorithm, encoding, isOfFile }) => {
    const value = headers[header.toLowerCase()] as string | undefined;
    return value === undefined || (isOfFile && !isFile) ? [] : [olderDigest(header, algorithm, value, encoding)];
  });
  return [...inDigest, ...others];
}

/**
 * Compares the body of a request with the digests that came in its head: `Content-Digest` and `Repr-Digest` (RFC 9530), and the older
 * `Digest` and `Content-MD5`; where the body is the file also with `X-Checksum-Sha1` and `X-Checksum-Md5`, which are of the file.
 */
export class BodyDigest {
  private constructor(private readonly expected: readonly Expected[]) {}

  /** Null when there are none. The body of a form is more than its file. Throws UploadMalformed. */
  static of(headers: IncomingHttpHeaders, isFile = false): BodyDigest | null {
    const expected = [
      ...expectedOf('Content-Digest', headers['content-digest'] as string | undefined, isFile),
      ...expectedOf('Repr-Digest', headers['repr-digest'] as string | undefined, isFile),
      ...olderOf(headers, isFile),
    ];
    return expected.length === 0 ? null : new BodyDigest(expected);
  }

  update(piece: Buffer): void {
    for (const { hash } of this.expected) hash?.update(piece);
  }

  /** Once all of the body was given to `update`; with the SHA-256 of the file when the body is the file. Throws DigestMismatch. */
  verify(sha256 = ''): void {
    for (const { header, hash, digest } of this.expected) {
      const found = hash ? hash.digest() : Buffer.from(sha256, 'hex');
      if (found.length !== digest.length || !timingSafeEqual(found, digest)) throw new DigestMismatch(header);
    }
  }
}
