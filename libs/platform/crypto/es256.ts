import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

const dsaEncoding = 'ieee-p1363' as const;
/** Parsing a key costs more than signing with it: parsed keys are kept, at most this many. */
const MOST_KEYS = 2_000;

/** Keys by their text, PEM mostly; when there are too many all are dropped and parsed anew as they are needed. */
export class ParsedKeys {
  private readonly keys = new Map<string, KeyObject>();

  constructor(private readonly parse: (pem: string) => KeyObject) {}

  of(pem: string): KeyObject {
    const known = this.keys.get(pem);
    if (known) return known;
    const key = this.parse(pem);
    if (this.keys.size >= MOST_KEYS) this.keys.clear();
    this.keys.set(pem, key);
    return key;
  }
}

export const privateKeys = new ParsedKeys(createPrivateKey);
export const publicKeys = new ParsedKeys(createPublicKey);

/** ES256 (RFC 7518 §3.4) over the UTF-8 of the text; base64url of 64 bytes. The key is PKCS #8 PEM. */
export const signText = (text: string, privateKey: string): string =>
  sign('sha256', Buffer.from(text), { key: privateKeys.of(privateKey), dsaEncoding }).toString('base64url');

/** Whether the text was signed with the key, SPKI PEM. */
export const isTextSignedWith = (publicKey: string, text: string, signature: string): boolean =>
  verify('sha256', Buffer.from(text), { key: publicKeys.of(publicKey), dsaEncoding }, Buffer.from(signature, 'base64url'));

/** A public key in its one usual form, SPKI PEM; null when it is none that verifies ES256. */
export function usualPublicKey(pem: string): string | null {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? (key.export({ type: 'spki', format: 'pem' }) as string) : null;
  } catch {
    return null; // not a key at all
  }
}
