import type { Server, ServerResponse } from 'node:http';

/** Answers whose clients wait for "100 Continue" before they send their body. */
const waiting = new WeakSet<ServerResponse>();

/** Clients that ask whether to send their body (RFC 9110 section 10.1.1) hear it when the head of their request was judged, not before. */
export function judgeBeforeContinue(server: Server): void {
  server.on('checkContinue', (request, response) => {
    waiting.add(response);
    server.emit('request', request, response);
  });
}

/** The body is wanted. */
export function letBodyCome(response: ServerResponse): void {
  if (waiting.delete(response)) response.writeContinue();
}

/** The answer comes instead of a body that may now be sent or not: what else comes over the connection could not be told from it. */
export const isBodyUnasked = (response: ServerResponse): boolean => waiting.has(response);
