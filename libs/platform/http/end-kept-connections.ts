import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Shutdown } from './shutdown.js';

const LOOK_EVERY_MS = 200;
/** A request that was on its way when the stop began arrives within this time. */
const ARRIVAL_MS = 1_000;

/**
 * Connections are kept for longer than balancers keep theirs (KEEP_ALIVE_SECONDS), and must not hold up a stop: from then on each answer
 * says that it is the last one of its connection (RFC 9112 section 9.6), and those that have nothing to do are closed. So are, a moment
 * later, those that have not sent a whole request, which browsers open in advance and Node counts as busy.
 */
export function endKeptConnections(fastify: FastifyInstance, { signal }: Shutdown): void {
  const quiet = new QuietConnections(fastify.server);
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (signal.aborted) void reply.header('Connection', 'close');
    done(null, payload);
  });
  signal.addEventListener('abort', () => {
    const begunMs = performance.now();
    fastify.server.closeIdleConnections();
    const timer = setInterval(() => {
      fastify.server.closeIdleConnections(); // answers whose head was sent before
      if (performance.now() - begunMs > ARRIVAL_MS) quiet.close(ARRIVAL_MS);
    }, LOOK_EVERY_MS);
    timer.unref();
    fastify.server.once('close', () => clearInterval(timer));
  });
}

/** Connections on which no request is under way. */
class QuietConnections {
  private readonly requests = new Map<Socket, { underWay: number; sinceMs: number }>();

  constructor(server: Server) {
    // With TLS a request has the encrypted socket, not the one beneath it.
    server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.requests.set(socket, { underWay: 0, sinceMs: performance.now() });
      socket.once('close', () => this.requests.delete(socket));
    });
    server.on('request', ({ socket }, response) => {
      const entry = this.requests.get(socket);
      if (!entry) return;
      entry.underWay += 1;
      response.once('close', () => {
        entry.underWay -= 1;
        entry.sinceMs = performance.now();
      });
    });
  }

  /** Those that have been quiet for so many milliseconds. */
  close(quietMs: number): void {
    const now = performance.now();
    for (const [socket, { underWay, sinceMs }] of this.requests) if (underWay === 0 && now - sinceMs > quietMs) socket.destroy();
  }
}
