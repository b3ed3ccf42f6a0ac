import type { FastifyInstance } from 'fastify';

/** How long a body is read on for nothing after its answer was given, in milliseconds. */
const LINGER_MS = 30_000;

/**
 * An answer may come before the end of a long body (too large, no room, not signed in). Cutting the connection at once would
 * reset it before the client has read the answer; reading on for ever would let anybody hold us. So we read on for a while, then cut.
 */
export function boundUnreadBodies(fastify: FastifyInstance, lingerMs = LINGER_MS): void {
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete && !raw.destroyed) {
      const timer = setTimeout(() => raw.socket.destroy(), lingerMs);
      timer.unref();
      for (const event of ['end', 'close']) raw.once(event, () => clearTimeout(timer));
      raw.resume();
    }
    done();
  });
}
