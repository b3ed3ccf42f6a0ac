import type { FastifyInstance } from 'fastify';
import { httpBytes, httpRequests } from '../metrics/meters.js';
import { requestArea, requestMethod } from '../metrics/request-area.js';
import { withRequestContext } from '../logging/request-context.js';

/** Every request has its context from the first hook to the last line of its handler; the response carries its id. */
export function trackRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Request-Id', request.id);
    // Connections are kept: what earlier answers sent is not this one's.
    const { socket } = request.raw;
    const sentBefore = socket.bytesWritten;
    reply.raw.once('close', () => {
      const area = requestArea(request.url);
      httpBytes.inc({ area }, Math.max(0, socket.bytesWritten - sentBefore) || 0);
      const labels = { method: requestMethod(request.method), area, status: String(reply.statusCode) };
      httpRequests.observe(labels, reply.elapsedTime / 1_000);
    });
    withRequestContext({ requestId: request.id, address: request.ip }, done);
  });
}
