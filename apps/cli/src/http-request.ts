import { request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { AdminApi } from './admin-api.js';

/** Nothing moves for so long, in milliseconds: the line is dead. */
const SILENCE_MS = 120_000;

/** A request whose body is streamed, which fetch cannot watch. */
export function openRequest(api: AdminApi, target: string, method: string, headers: Record<string, string>): ClientRequest {
  const url = new URL(`${api.url}${target}`);
  const request = (url.protocol === 'https:' ? tlsRequest : plainRequest)(url, { method, headers: { ...api.authorization, ...headers } });
  return request.setTimeout(SILENCE_MS, () => request.destroy(new Error('nothing was heard for two minutes')));
}

export const answerTo = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
  });
