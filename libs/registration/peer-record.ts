import { createPublicKey } from 'node:crypto';
import { checkServerUrl } from '#libs/about/server-url.js';
import type { Identity } from '#libs/about/server-identity.js';
import { stages, type Stage } from '#libs/replication/stage.js';
import type { PeerRecord } from './peer.repository.js';
import { RegistrationImpossible } from './registration.errors.js';

/** How a server describes itself to another (MESH §8). */
export interface WireRecord {
  readonly name: string;
  readonly url: string | null;
  readonly stage: Stage;
  readonly firewalled_mode: boolean;
  readonly public_key: string;
}

export const recordOf = ({ name, url, stage, firewalledMode, publicKey }: Identity): WireRecord => ({
  name,
  url,
  stage,
  firewalled_mode: firewalledMode,
  public_key: publicKey,
});

function ellipticKey(pem: unknown): string {
  try {
    const key = createPublicKey(pem as string);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key.export({ type: 'spki', format: 'pem' }) as string;
  } catch {
    // Said below: whatever it is, it is not a key.
  }
  throw new RegistrationImpossible('The other server sent no usable public key.');
}

/** Checks what another server says of itself. `fallbackUrl` is where it was reached, when it knows no URL of its own. */
export function readRecord(iss: string, claims: Readonly<Record<string, unknown>>, fallbackUrl?: string): PeerRecord {
  const { name, url, stage, firewalled_mode: firewalledMode, public_key: publicKey } = claims;
  const checked = typeof url === 'string' && url.length <= 500 ? checkServerUrl(url) : { fault: 'The other server has no URL.' };
  const isNamed = typeof name === 'string' && name.trim() !== '' && name.length <= 100;
  const known = stages.find((candidate) => candidate === stage);
  if (!isNamed || !known || typeof firewalledMode !== 'boolean') throw new RegistrationImpossible('The other server did not describe itself completely.');
  const address = fallbackUrl ?? ('url' in checked ? checked.url : firewalledMode ? '' : null);
  if (address === null) throw new RegistrationImpossible('fault' in checked ? checked.fault : 'The other server has no URL.');
  return { iss, name: name.trim(), url: address, stage: known, firewalledMode, publicKey: ellipticKey(publicKey) };
}
