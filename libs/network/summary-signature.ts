import { createPublicKey, sign, verify } from 'node:crypto';
import type { SignedSummary } from '#libs/replication/server-summary.js';

const dsaEncoding = 'ieee-p1363' as const;

/** The key in its one usual form; null when it is none that signs ES256. */
export function usualForm(pem: string): string | null {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? (key.export({ type: 'spki', format: 'pem' }) as string) : null;
  } catch {
    return null; // not a key at all
  }
}

/** ES256 over exactly the text. */
export const signBody = (body: string, privateKey: string): string =>
  sign('sha256', Buffer.from(body), { key: privateKey, dsaEncoding }).toString('base64url');

/** Whether the summary was signed with this key. */
export const isSignedWith = (publicKey: string, { body, signature }: SignedSummary): boolean =>
  verify('sha256', Buffer.from(body), { key: publicKey, dsaEncoding }, Buffer.from(signature, 'base64url'));
