import { signText, isTextSignedWith } from '#libs/platform/crypto/es256.js';

/** A key of an author, vouched for by the server that sends it. */
export interface KeyIntroduction {
  readonly iss: string;
  /** ES256, SPKI PEM. */
  readonly public_key: string;
  /** The sender's ES256 signature over `["ods-key-1", iss, public_key]`, base64url. */
  readonly sig: string;
}

const MAX_KEY = 1_000;

const introductionText = (iss: string, publicKey: string): string => JSON.stringify(['ods-key-1', iss, publicKey]);

export const introduce = (iss: string, publicKey: string, privateKey: string): KeyIntroduction => ({
  iss,
  public_key: publicKey,
  sig: signText(introductionText(iss, publicKey), privateKey),
});

/** What a peer sent, when it is one and the peer's key signed it; null otherwise. */
export function readIntroduction(value: unknown, peerKey: string): KeyIntroduction | null {
  if (typeof value !== 'object' || value === null) return null;
  const { iss, public_key, sig } = value as Readonly<Record<string, unknown>>;
  if (typeof iss !== 'string' || !/^[0-9a-f]{32}$/.test(iss)) return null;
  if (typeof public_key !== 'string' || public_key.length > MAX_KEY) return null;
  if (typeof sig !== 'string' || !isTextSignedWith(peerKey, introductionText(iss, public_key), sig)) return null;
  return { iss, public_key, sig };
}
