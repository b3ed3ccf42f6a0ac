import type { FastifyInstance } from 'fastify';
import { Socket } from 'node:net';
import { BodyBudget, type BodyTicket } from './bodies/body-budget.js';
import { TooManyBodies } from './bodies/body-errors.js';

/** How long a body is read on for nothing after its answer was given, in milliseconds. */
const LINGER_MS = 30_000;
/** So many of them at a time; others are cut at once. */
const LINGERING = { perAddress: 32, total: 256, bytes: Infinity };

/**
 * An answer may come before the end of a long body (too large, no room, not signed in). Cutting the connection at once would
 * reset it before the client has read the answer; reading on without end would let a client hold the connection. So we close our side only,
 * read on for a while, then cut (RFC 9112 section 9.6).
 */
export function boundUnreadBodies(fastify: FastifyInstance, lingerMs = LINGER_MS, limits = LINGERING): void {
  const budget = new BodyBudget(limits);
  fastify.addHook('onSend', ({ raw }, _reply, payload, done) => {
    // What Node calls after the last answer of a connection, before the client may have sent its last byte.
    if (!raw.complete) raw.socket.destroySoon = () => void raw.socket.end();
    done(null, payload);
  });
  fastify.addHook('onResponse', ({ raw, ip }, _reply, done) => {
    if (!raw.complete && !raw.destroyed) {
      const { socket } = raw;
      const ticket = placeOf(budget, ip);
      if (!ticket) {
        socket.destroy();
        return done();
      }
      const timer = setTimeout(() => socket.destroy(), lingerMs);
      timer.unref();
      raw.once('close', () => {
        clearTimeout(timer);
        ticket.end();
      });
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

/** Null when there is none. */
function placeOf(budget: BodyBudget, address: string): BodyTicket | null {
  try {
    return budget.begin(address);
  } catch (error) {
    if (error instanceof TooManyBodies) return null;
    throw error;
  }
}
