import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { DatabaseAway } from '../database/database-outage.js';
import { toProblem } from '../errors/problem.filter.js';
import { type TlsMaterial, tlsOptions } from '../tls/tls-files.js';

const REQUEST_TIMEOUT_MS = 10_000;

/** Answers in place of a server that cannot start before its database answers: alive, not ready, 503 to everything else. */
export class WaitingRoom {
  private readonly since = new Date().toISOString();
  private server: Server | undefined;

  /** Null: over plain HTTP. */
  constructor(private readonly tls: TlsMaterial | null = null) {}

  get isOpen(): boolean {
    return this.server !== undefined;
  }

  async open(host: string, port: number): Promise<void> {
    const take = (request: IncomingMessage, response: ServerResponse) => this.answer(request, response);
    const bounds = { requestTimeout: REQUEST_TIMEOUT_MS };
    const server = this.tls === null ? createServer(bounds, take) : createTlsServer({ ...bounds, ...tlsOptions(this.tls) }, take);
    server.listen(port, host);
    await once(server, 'listening');
    this.server = server;
  }

  /** Frees the port. */
  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    const isClosed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await isClosed;
    this.server = undefined;
  }

  private answer({ url = '/' }: IncomingMessage, response: ServerResponse): void {
    const [path] = url.split('?');
    if (path === '/healthz') return send(response, 200, 'application/json', { status: 'ok' });
    if (path === '/readyz') {
      const reasons = ['The database does not answer.'];
      return send(response, 503, 'application/json', {
        status: 'not ready',
        reasons,
        checks: { database: { state: 'away', since: this.since } },
      });
    }
    const away = new DatabaseAway();
    response.setHeader('Retry-After', String(away.retryAfterSeconds));
    send(response, 503, 'application/problem+json', { ...toProblem(away), error: away.message, request_id: randomUUID() });
  }
}

/** A body that is not read must not be taken for the next request. */
function send(response: ServerResponse, status: number, type: string, body: object): void {
  response.writeHead(status, { 'content-type': type, connection: 'close' }).end(JSON.stringify(body));
}
