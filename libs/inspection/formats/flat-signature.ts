import { constants, createHash, publicDecrypt, type X509Certificate } from 'node:crypto';
import { type Signature, unsigned } from './inspection-result.js';
import { certificateOf, isChain, signatureBy } from './signer.js';
import { Damaged, type Source } from './source.js';
import type { Xar } from './xar.js';

/** The DER in front of a digest in a PKCS #1 signature (RFC 8017, 9.2, note 1). */
const digestInfo: Readonly<Record<string, string>> = {
  sha1: '3021300906052b0e03021a05000414',
  sha256: '3031300d060960864801650304020105000420',
  sha512: '3051300d060960864801650304020305000440',
};
const MOST_SIGNATURE = 8_192;

/** A flat package is signed by RSA over the digest of its packed table of contents, which the heap repeats. */
export function signatureOf(xar: Xar): Signature {
  const signature = xar.signatures.find(({ style, certificates }) => style === 'RSA' && certificates.length > 0);
  if (!signature) return unsigned;
  const chain = signature.certificates.map(certificateOf);
  if (!(signature.size <= MOST_SIGNATURE)) throw new Damaged('Its signature is damaged.');
  const { style, offset, size } = xar.checksum;
  const prefix = digestInfo[style];
  if (prefix === undefined) throw new Damaged('It names a digest that packages do not use.');
  const digest = createHash(style).update(xar.packedToc).digest();
  const signed = recover(chain[0]!, xar.heapBytes(signature.offset, signature.size));
  const holds = signed === prefix + digest.toString('hex') && xar.heapBytes(offset, size).equals(digest);
  return signatureBy(chain, !holds ? 'broken' : isChain(chain) ? 'valid' : 'incomplete');
}

/** What was signed, in hex; null when not by this key. */
function recover({ publicKey }: X509Certificate, signature: Buffer): string | null {
  if (publicKey.asymmetricKeyType !== 'rsa') return null;
  try {
    return publicDecrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, signature).toString('hex');
  } catch {
    return null; // OpenSSL has no other answer for "not by this key"
  }
}

const TRAILER = 16;

/** Whether a notarization ticket is attached: trailer of type 1, ticket, trailer of type 2 with the ticket's length (apple-platform-rs, stapling.rs). */
export function isStapled(source: Source): boolean {
  if (source.size < 2 * TRAILER) return false;
  const end = trailerAt(source, source.size - TRAILER);
  const start = end && source.size - 2 * TRAILER - end.length;
  return end?.type === 2 && start !== null && start >= 0 && trailerAt(source, start)?.type === 1;
}

function trailerAt(source: Source, at: number): { type: number; length: number } | null {
  const bytes = source.read(at, TRAILER);
  if (bytes.toString('latin1', 0, 4) !== 't8lr' || bytes.readUInt16LE(4) !== 1) return null;
  return { type: bytes.readUInt16LE(6), length: bytes.readUInt32LE(8) };
}
