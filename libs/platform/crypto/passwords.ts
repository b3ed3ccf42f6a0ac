import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** OWASP's recommendation for scrypt: N=2^17, r=8, p=1 takes 128 MiB; half of each keeps small servers alive. */
const COST = { logN: 16, r: 8, p: 1 };
const KEY_BYTES = 32;
/** No hash may ask for more: twice OWASP's. */
const MEMORY_LIMIT = 2 ** 28;

const derived = (password: string, salt: Buffer, { logN, r, p }: typeof COST): Promise<Buffer> =>
  derive(password.normalize('NFKC'), salt, KEY_BYTES, { N: 2 ** logN, r, p, maxmem: 2 * MEMORY_LIMIT });

const phcString = (salt: Buffer, key: Buffer): string => {
  const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$scrypt$ln=${COST.logN},r=${COST.r},p=${COST.p}$${unpadded(salt)}$${unpadded(key)}`;
};

/** scrypt (RFC 7914) in the PHC string format, off the event loop. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return phcString(salt, await derived(password, salt, COST));
}

/** The hash of no password: comparing with it takes as long as with a real one, so that the time does not reveal who exists. */
export const decoyHash = (): string => phcString(randomBytes(16), randomBytes(KEY_BYTES));

/** Compares in constant time; false for a hash it does not know. */
export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const match = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([^$]+)\$([^$]+)$/.exec(hash);
  if (!match) return false;
  const expected = Buffer.from(match[5]!, 'base64');
  const cost = { logN: Number(match[1]), r: Number(match[2]), p: Number(match[3]) };
  const isKnown = cost.logN > 0 && cost.r > 0 && cost.p > 0 && cost.p <= 16 && 128 * cost.r * 2 ** cost.logN <= MEMORY_LIMIT;
  if (!isKnown) return false;
  const key = await derived(password, Buffer.from(match[4]!, 'base64'), cost);
  return key.length === expected.length && timingSafeEqual(key, expected);
}
