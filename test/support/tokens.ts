import { createHmac, sign } from 'node:crypto';

const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** JSON Web Tokens as an attacker makes them: nothing is checked, and a text is taken for the part as it is. */
export const tokens = {
  es256(claims: unknown, privateKey: string, head: object = {}): string {
    const signed = `${part({ alg: 'ES256', typ: 'JWT', ...head })}.${part(claims)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  },

  hs256(claims: unknown, secret: string, head: object = {}): string {
    const signed = `${part({ alg: 'HS256', typ: 'JWT', ...head })}.${part(claims)}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  },

  unsigned(claims: unknown): string {
    return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
  },
};
