import { verify } from 'node:crypto';
import type { Identity } from '#libs/about/server-identity.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import type { PeerTokens } from '../auth/peer-tokens.js';
import { DomainError } from '#libs/platform/errors/domain-error.js';
import type { PeerRecord } from '../peer.repository.js';
import { PeerKeyUnproven } from '../peers.errors.js';

/** Header of a registration: a JWT that the private key of the registering server has made for it (ES256; `tok` is the SHA-256 of the token). */
export const KEY_PROOF_HEADER = 'ods-key-proof';

export function proveKey(
  tokens: PeerTokens,
  { iss, privateKey }: Identity,
  { token, audience }: { token: string; audience: string },
): string {
  return tokens.sign({ iss, aud: audience }, { algorithm: 'ES256', key: privateKey }, { tok: sha256Hex(token) });
}

/** Throws PeerKeyUnproven unless the key of the record has signed for exactly this registration. */
export function checkKeyProof(
  tokens: PeerTokens,
  proof: string | undefined,
  { token, record, audience }: { token: string; record: PeerRecord; audience: string },
): void {
  try {
    const claims = tokens.verify(proof ?? '', { algorithm: 'ES256', key: record.publicKey }, audience);
    if (claims.iss === record.iss && claims['tok'] === sha256Hex(token)) return;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
  }
  throw new PeerKeyUnproven();
}

/** Whether the former key has signed the new one: ES256 (IEEE P1363, base64url) over `["ods-key-change-1", iss, new key in PEM]`. */
export function isHandedOver(formerKey: string, { iss, publicKey }: Pick<PeerRecord, 'iss' | 'publicKey'>, signature: unknown): boolean {
  if (typeof signature !== 'string' || !/^[\w-]{86}$/.test(signature)) return false;
  const text = JSON.stringify(['ods-key-change-1', iss, publicKey]);
  return verify('sha256', Buffer.from(text), { key: formerKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
}
