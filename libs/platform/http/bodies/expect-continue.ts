import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';

/** Answers whose clients wait for "100 Continue" before they send their body. */
const waiting = new WeakSet<ServerResponse>();

/** Clients that ask whether to send their body (RFC 9110 section 10.1.1) hear it when the head of their request was judged, not before. */
export function judgeBeforeContinue(fastify: FastifyInstance): void {
  const { server } = fastify;
  server.on('checkContinue', (request, response) => {
    waiting.add(response);
    server.emit('request', request, response);
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    // The body may still come or not: the next request could not be distinguished from it.
    if (waiting.has(reply.raw)) void reply.header('Connection', 'close');
    done(null, payload);
  });
}

/** The body is wanted. */
export function letBodyCome(response: ServerResponse): void {
  if (waiting.delete(response)) response.writeContinue();
}
