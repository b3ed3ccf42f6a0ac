import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';

const TIMEOUT_MS = 10_000;
const MOST_CONNECTIONS = 200;
const hostForm = /^(?:[\w.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/** Where a request to http:// should have gone; null: it does not say for which host it is. */
export function httpsAddress({ url = '/', headers }: Pick<IncomingMessage, 'url' | 'headers'>, port: number): string | null {
  const { host = '' } = headers;
  if (!hostForm.test(host)) return null;
  const name = host.replace(/:\d{1,5}$/, '');
  // What is asked for is a path, or a whole URL by clients of proxies (RFC 9112 section 3.2.2).
  const path = url.startsWith('/') ? url : '/';
  return `https://${name}${port === 443 ? '' : `:${port}`}${path}`;
}

/** The name of a challenge of ACME (RFC 8555 section 8.3): base64url, so that it leads nowhere else; null for other paths. */
export const challengeOf = (url: string): string | null => /^\/\.well-known\/acme-challenge\/([\w-]{1,128})$/.exec(url)?.[1] ?? null;

export interface PlainPort {
  readonly host: string;
  readonly port: number;
  /** Where an ACME client puts its challenges (`.well-known/acme-challenge` in it); null: none are answered. */
  readonly challengeDir: string | null;
}

/**
 * Sends those who ask for http:// to https:// (308: the method and the body stay). Nothing else is answered there, but for the challenges that
 * an ACME client has put down.
 */
export async function redirectToHttps({ host, port, challengeDir }: PlainPort, httpsPort: number): Promise<Server> {
  const server = createServer({ requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS }, (request, response) => {
    const challenge = challengeDir === null ? null : challengeOf(request.url ?? '');
    if (challenge !== null) return void answerChallenge(response, path.join(challengeDir!, '.well-known/acme-challenge', challenge));
    const location = httpsAddress(request, httpsPort);
    if (location === null) return void end(response, 400, {});
    end(response, 308, { location });
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

/** A body that is not read must not be taken for the next request. */
const end = (response: ServerResponse, status: number, headers: Record<string, string>): void =>
  void response.writeHead(status, { ...headers, 'content-length': 0, connection: 'close' }).end();

async function answerChallenge(response: ServerResponse, file: string): Promise<void> {
  try {
    const body = await readFile(file);
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length, connection: 'close' }).end(body);
  } catch {
    end(response, 404, {}); // it was not put down, or has been taken away again
  }
}
