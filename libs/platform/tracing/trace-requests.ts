import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requestArea, requestMethod } from '../metrics/request-area.js';
import { type TraceContext, isTracing, openSpan, withinSpan } from './spans.js';

/** Every request is a span, and continues the trace of whoever sent it. Probes and scrapes are none. */
export function traceRequests(fastify: FastifyInstance): void {
  if (!isTracing()) return;
  fastify.addHook('onRequest', (request, reply, done) => {
    const span = requestArea(request.url) === 'supervision' ? null : openSpan(startOf(request));
    if (!span) return done();
    reply.raw.once('close', () => {
      const { statusCode } = reply;
      span.setAttributes({ 'http.response.status_code': statusCode, 'ods.whole': reply.raw.writableFinished });
      span.end(statusCode >= 500 ? `answered ${statusCode}` : undefined);
    });
    withinSpan(span, done);
  });
}

function startOf({ method, routeOptions, id, headers }: FastifyRequest): Parameters<typeof openSpan>[0] {
  const route = routeOptions.url ?? 'nowhere'; // as it was declared: what a URL names stays out of names
  const known = requestMethod(method);
  const attributes = { 'http.request.method': known, 'http.route': route, 'ods.request_id': id };
  return { name: `${known} ${route}`, kind: 'server', attributes, traceContext: traceContextOf(headers) };
}

function traceContextOf({ traceparent, tracestate }: FastifyRequest['headers']): TraceContext | null {
  if (typeof traceparent !== 'string') return null;
  return { traceparent, ...(typeof tracestate === 'string' ? { tracestate } : {}) };
}
