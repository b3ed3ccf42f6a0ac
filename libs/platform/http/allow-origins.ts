import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.js';

const MAX_AGE_SECONDS = 600;
/** What a page may ask for at most: no header of an answer grows with what a caller wrote. */
const MOST_ECHOED = 1_024;
const exposed = [
  'Location',
  'Retry-After',
  'X-Request-Id',
  'Idempotency-Replayed',
  'Tus-Resumable',
  'Tus-Version',
  'Tus-Extension',
  'Tus-Max-Size',
  'Upload-Offset',
  'Upload-Length',
  'Upload-Expires',
  'Upload-Metadata',
  'ODS-Package-Id',
  'ODS-Already-Existed',
];

/**
 * Pages of other sites may call the admin API only when CORS_ORIGINS names them (Fetch standard, CORS protocol). They need an API token: cookies
 * are never allowed, so a visitor's own sign-in cannot be used.
 */
export function allowOrigins(fastify: FastifyInstance, config: Config): void {
  const allowed = new Set(
    (config.get('CORS_ORIGINS') ?? '')
      .split(',')
      .map((origin) => origin.trim())
      .filter(Boolean),
  );
  if (allowed.size === 0) return;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.url.startsWith('/api/')) return done();
    void reply.header('Vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return done();
    void reply.headers({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': exposed.join(', ') });
    void reply.header('Cross-Origin-Resource-Policy', 'cross-origin');
    const wanted = request.headers['access-control-request-headers'];
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return done();
    void reply
      .status(204)
      .headers({
        'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        ...(wanted === undefined || wanted.length > MOST_ECHOED ? {} : { 'Access-Control-Allow-Headers': wanted }),
        'Access-Control-Max-Age': String(MAX_AGE_SECONDS),
      })
      .send();
  });
}
