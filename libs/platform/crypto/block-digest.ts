import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

/** Hashes that block lists are made of. The list names which; both give 32 bytes. */
export const rootAlgorithms = ['blake3', 'sha256'] as const;
export type RootAlgorithm = (typeof rootAlgorithms)[number];

export const isRootAlgorithm = (value: unknown): value is RootAlgorithm => rootAlgorithms.some((known) => known === value);

export type BlockDigest = (bytes: Uint8Array) => Uint8Array;

const load = createRequire(import.meta.url);

/** Compiled code for this platform, which does a gigabyte in a tenth of a second; null where there is none. */
function nativeBlake3(): string | null {
  try {
    load('@napi-rs/blake-hash');
    return load.resolve('@napi-rs/blake-hash');
  } catch {
    return null; // a platform without a build of it: see `isBlake3Fast`
  }
}

/** Where a hashing thread finds BLAKE3: a file to load, and whether that is compiled code or JavaScript. */
export const blake3Module: { readonly file: string; readonly isNative: boolean } = (() => {
  const native = nativeBlake3();
  return { file: native ?? load.resolve('@noble/hashes/blake3.js'), isNative: native !== null };
})();

/**
 * Whether BLAKE3 is compiled code here. Where it is not, lists of others are still verified (in JavaScript, a hundred times slower),
 * and own ones are made with SHA-256.
 */
export const isBlake3Fast = blake3Module.isNative;

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const blake3: BlockDigest = (() => {
  const module = load(blake3Module.file) as { blake3(bytes: Uint8Array): Uint8Array };
  return blake3Module.isNative ? (bytes) => module.blake3(asBuffer(bytes)) : (bytes) => module.blake3(bytes);
})();

const digests: Readonly<Record<RootAlgorithm, BlockDigest>> = {
  blake3,
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
};

/** 32 bytes. */
export const blockDigest = (algorithm: RootAlgorithm, bytes: Uint8Array): Buffer => asBuffer(digests[algorithm](bytes));
