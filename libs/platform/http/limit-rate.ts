import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { sha256Hex } from '../crypto/digest.js';
import { DomainError } from '../errors/domain-error.js';
import { addressKey } from './address-key.js';
import { TokenBuckets } from './token-buckets.js';

/** A whole office can stand behind one address. */
const ADDRESS_FACTOR = 5;
const MINUTE = 60_000;

export class TooManyRequests extends DomainError {
  readonly code = 'too-many-requests';
  readonly status = 429;
  override readonly retryAfterSeconds: number;

  constructor(waitMs: number) {
    super('Too many requests. Wait a moment; API_RATE_PER_MINUTE says how many are allowed.');
    this.retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  }
}

/** A minute's calls in one go, or spread out. Counted in this process. */
const bucketsOf = (perMinute: number): TokenBuckets =>
  new TokenBuckets({ size: perMinute, refillMs: MINUTE / perMinute, remembered: 10_000 });

/** By the route that was found, not by how its address was written; what has no route is counted too. */
const isCounted = ({ routeOptions: { url } }: FastifyRequest): boolean =>
  url === undefined || /^\/(?:api\/admin|munki_api)(?:\/|$)/.test(url);

/** With `Basic` the user name is free: invented ones must not get around it either. */
const secretIn = (authorization: string): string => {
  const [, encoded] = /^basic +(\S+)/i.exec(authorization) ?? [];
  if (encoded === undefined) return authorization.replace(/^\S+ +/, '');
  return Buffer.from(encoded, 'base64').toString('utf8').replace(/^[^:]*:/, '');
};

/** The admin API, and the one for the tools of Munki, answer each token and each address so many times a minute; downloads and other servers are not counted. */
export function limitRate(fastify: FastifyInstance, config: Config): void {
  const perMinute = config.get('API_RATE_PER_MINUTE');
  if (perMinute === 0) return;
  const tokens = bucketsOf(perMinute);
  const addresses = bucketsOf(perMinute * ADDRESS_FACTOR);
  const waitOf = ({ ip, headers: { authorization } }: FastifyRequest): number => {
    const now = performance.now(); // a monotonic clock
    const waitMs = addresses.take(addressKey(ip), now); // always: invented tokens must not get around it
    return waitMs === 0 && authorization ? tokens.take(sha256Hex(secretIn(authorization)), now) : waitMs;
  };
  fastify.addHook('onRequest', (request, _reply, done) => {
    const waitMs = isCounted(request) ? waitOf(request) : 0;
    done(waitMs > 0 ? new TooManyRequests(waitMs) : undefined);
  });
}
