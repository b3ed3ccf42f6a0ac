import { createPublicKey } from 'node:crypto';
import { checkServerName } from '#libs/about/server-name.js';
import { checkServerUrl } from '#libs/about/server-url.js';
import type { Identity } from '#libs/about/server-identity.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import type { PeerClaims } from '../auth/peer-tokens.js';
import type { PeerRecord } from '../peer.repository.js';
import { RegistrationImpossible } from '../peers.errors.js';

/** How a server describes itself to another (MESH §8). */
export interface WireRecord {
  readonly name: string;
  readonly url: string | null;
  readonly stage: Stage;
  readonly firewalled_mode: boolean;
  readonly public_key: string;
  /** It signs its answers. */
  readonly signs_answers: true;
}

export const recordOf = ({ name, url, stage, firewalledMode, publicKey }: Identity): WireRecord => ({
  name,
  url,
  stage,
  firewalled_mode: firewalledMode,
  public_key: publicKey,
  signs_answers: true,
});

/** The record with what the token of its registration says of its answers: from then on unsigned answers are refused. */
export const withSigning = (record: PeerRecord, { signs_answers: signs, iat }: PeerClaims): PeerRecord => ({
  ...record,
  signsSinceMs: signs === true ? iat * 1_000 : null,
});

/** Such a key takes 178 characters. */
const PEM_LIMIT = 1_000;

function ellipticKey(pem: unknown): string {
  try {
    const key = createPublicKey(String(pem).slice(0, PEM_LIMIT));
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key.export({ type: 'spki', format: 'pem' }) as string;
  } catch {
    // Said below: whatever it is, it is not a key.
  }
  throw new RegistrationImpossible('The other server sent no usable public key.');
}

/** Checks what another server says of itself. Firewalled servers need no URL. Throws RegistrationImpossible. */
export function readRecord(iss: string, claims: Readonly<Record<string, unknown>>): PeerRecord {
  const { name: said, url, stage: saidStage, firewalled_mode: firewalledMode, public_key: publicKey } = claims;
  const name = typeof said === 'string' ? checkServerName(said) : { fault: '' };
  const stage = stages.find((candidate) => candidate === saidStage);
  if ('fault' in name || !stage || typeof firewalledMode !== 'boolean')
    throw new RegistrationImpossible('The other server did not describe itself completely.');
  return { iss, name: name.name, url: addressOf(url, firewalledMode), stage, firewalledMode, publicKey: ellipticKey(publicKey) };
}

function addressOf(url: unknown, firewalledMode: boolean): string {
  const checked = typeof url === 'string' ? checkServerUrl(url) : { fault: 'The other server has no URL.' };
  if ('url' in checked) return checked.url;
  if (firewalledMode) return '';
  throw new RegistrationImpossible(checked.fault);
}
