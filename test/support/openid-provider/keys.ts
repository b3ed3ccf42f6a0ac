import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Forgery, Knobs } from './knobs.js';

/** The keys of one time in the life of a provider. */
export interface Keys {
  readonly kids: Readonly<Record<Knobs['algorithm'], string>>;
  readonly private: Readonly<Record<Knobs['algorithm'], KeyObject>>;
}

export const newKeys = (): Keys => ({
  kids: { RS256: randomBytes(8).toString('hex'), ES256: randomBytes(8).toString('hex') },
  private: {
    RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  },
});

export const jwksOf = ({ kids, private: keys }: Keys) => ({
  keys: (['RS256', 'ES256'] as const).map((alg) => ({ ...keys[alg].export({ format: 'jwk' }), kid: kids[alg], alg, use: 'sig' })),
});

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The fields that have another value: JSON has no undefined, so that null says that a field is not there. */
export const without = (value: unknown, fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, each]) => each !== value));

/** An ID token as an attacker, a broken provider or a wrong clock would make it. */
export function forge(idToken: string, { claims = {}, times = {}, signature }: Forgery, algorithm: Knobs['algorithm'], keys: Keys): string {
  const now = Math.floor(Date.now() / 1_000);
  const moved = Object.fromEntries(Object.entries(times).map(([name, seconds]) => [name, now + seconds]));
  const payload = without(null, { ...(jwt.decode(idToken) as Record<string, unknown>), ...claims, ...moved });
  if (signature === 'none') return `${base64url({ alg: 'none' })}.${base64url(payload)}.`;
  const key = signature === 'foreign' ? newKeys().private[algorithm] : keys.private[algorithm];
  const signed = jwt.sign(payload, key, { algorithm, keyid: keys.kids[algorithm] });
  if (signature !== 'broken') return signed;
  const [head, , proof] = signed.split('.');
  return `${head}.${base64url({ ...payload, groups: ['ods-admins'] })}.${proof}`;
}
