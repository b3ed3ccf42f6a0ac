import type { FastifyInstance } from 'fastify';
import { withRequestContext } from '../logging/request-context.js';

/** Every request has its context from the first hook to the last line of its handler, and tells its id to the client. */
export function trackRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Request-Id', request.id);
    withRequestContext({ requestId: request.id, address: request.ip }, done);
  });
}
