import { createPublicKey, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { newSigningPair, newWebhookSecret, signatureOf } from './signature.js';

const message = { id: 'msg_1', timestamp: Math.floor(Date.now() / 1_000), body: '{"type":"package.synced","data":{"filename":"ü.pkg"}}' };
const { privateKey, publicKey } = newSigningPair();
const headersOf = (signature: string) => ({
  'webhook-id': message.id,
  'webhook-timestamp': String(message.timestamp),
  'webhook-signature': signature,
});

describe('a signature', () => {
  it('is accepted by the reference implementation, with the new secret and during the overlap with the former one', () => {
    const [secret, previousSecret] = [newWebhookSecret(), newWebhookSecret()];
    const signature = signatureOf(message, { secret, previousSecret, privateKey });
    for (const each of [secret, previousSecret])
      expect(new Webhook(each).verify(message.body, headersOf(signature))).toEqual(JSON.parse(message.body));
    expect(() => new Webhook(newWebhookSecret()).verify(message.body, headersOf(signature))).toThrow();
    expect(() => new Webhook(secret).verify(`${message.body} `, headersOf(signature))).toThrow();
    const later = signatureOf(message, { secret, previousSecret: null, privateKey });
    expect(() => new Webhook(previousSecret).verify(message.body, headersOf(later))).toThrow();
  });

  it('v1a is checked with the public key alone', () => {
    const signature = signatureOf(message, { secret: newWebhookSecret(), previousSecret: null, privateKey });
    const [, asymmetric] = signature.split(' v1a,');
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(publicKey.slice('whpk_'.length), 'base64')]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const content = `${message.id}.${message.timestamp}.${message.body}`;
    expect(verify(null, Buffer.from(content), key, Buffer.from(asymmetric!, 'base64'))).toBe(true);
    expect(verify(null, Buffer.from(`${content} `), key, Buffer.from(asymmetric!, 'base64'))).toBe(false);
  });
});
