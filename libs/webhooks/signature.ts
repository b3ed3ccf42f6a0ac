import { createHmac, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Standard Webhooks 1.0.0: secrets of 24 to 64 bytes, shown as `whsec_` and base64. */
const SECRET_BYTES = 32;
const PREFIX = 'whsec_';
/** An Ed25519 public key in SPKI ends with its 32 raw bytes (RFC 8410). */
const RAW_KEY_BYTES = 32;

export interface SigningKeys {
  /** `whsec_…` */
  readonly secret: string;
  readonly previousSecret: string | null;
  /** Ed25519, PKCS #8 PEM. */
  readonly privateKey: string;
}

export interface SignedMessage {
  readonly id: string;
  /** Unix seconds of this attempt. */
  readonly timestamp: number;
  readonly body: string;
}

export const newWebhookSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64');

/** The private key as PEM, the public one as `whpk_` and base64. */
export function newSigningPair(): { privateKey: string; publicKey: string } {
  const pair = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { privateKey: pair.privateKey, publicKey: `whpk_${pair.publicKey.subarray(-RAW_KEY_BYTES).toString('base64')}` };
}

/** The value of `webhook-signature`: `v1` with each secret that counts, then `v1a`. */
export function signatureOf({ id, timestamp, body }: SignedMessage, { secret, previousSecret, privateKey }: SigningKeys): string {
  const content = `${id}.${timestamp}.${body}`;
  const secrets = previousSecret === null ? [secret] : [secret, previousSecret];
  const symmetric = secrets.map((each) => `v1,${createHmac('sha256', keyOf(each)).update(content).digest('base64')}`);
  const asymmetric = `v1a,${sign(null, Buffer.from(content), createPrivateKey(privateKey)).toString('base64')}`;
  return [...symmetric, asymmetric].join(' ');
}

const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), 'base64');
