import { request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { ProxyAgent } from 'proxy-agent';

/** Nothing moves for so long, in milliseconds: the line is dead. */
const SILENCE_MS = 120_000;

/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY count, as with curl. */
const agent = new ProxyAgent();

/** A request to an absolute URL whose body is streamed. */
export function openRequest(url: string, method: string, headers: Record<string, string>): ClientRequest {
  const target = new URL(url);
  const request = (target.protocol === 'https:' ? tlsRequest : plainRequest)(target, { method, headers, agent });
  return request.setTimeout(SILENCE_MS, () => request.destroy(new Error('nothing was heard for two minutes')));
}

export const answerTo = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });

/** One small request, and its whole answer. */
export async function exchangeText(
  url: string,
  method: string,
  headers: Record<string, string>,
  { body, timeoutMs }: { body?: string; timeoutMs: number },
): Promise<{ status: number; text: string }> {
  const length: Record<string, string> = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const request = openRequest(url, method, { ...headers, ...length });
  const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs / 1_000} seconds`)), timeoutMs);
  try {
    const answer = answerTo(request);
    request.end(body);
    const response = await answer;
    return { status: response.statusCode ?? 0, text: await text(response) };
  } finally {
    clearTimeout(timer);
  }
}
