import type { FastifyInstance } from 'fastify';
import { Socket } from 'node:net';

/** How long a body is read on for nothing after its answer was given, in milliseconds. */
const LINGER_MS = 30_000;

/**
 * An answer may come before the end of a long body (too large, no room, not signed in). Cutting the connection at once would
 * reset it before the client has read the answer; reading on for ever would let anybody hold us. So we close our side only,
 * read on for a while, then cut (RFC 9112 section 9.6).
 */
export function boundUnreadBodies(fastify: FastifyInstance, lingerMs = LINGER_MS): void {
  fastify.addHook('onSend', ({ raw }, _reply, payload, done) => {
    // What Node calls after the last answer of a connection, before the client may have sent its last byte.
    if (!raw.complete) raw.socket.destroySoon = () => void raw.socket.end();
    done(null, payload);
  });
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete && !raw.destroyed) {
      const { socket } = raw;
      const timer = setTimeout(() => socket.destroy(), lingerMs);
      timer.unref();
      raw.once('close', () => clearTimeout(timer));
      raw.once('end', () => {
        clearTimeout(timer);
        Reflect.deleteProperty(socket, 'destroySoon');
        if (socket.writableEnded) Socket.prototype.destroySoon.call(socket);
      });
      raw.resume();
    }
    done();
  });
}
