import { Injectable } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Config } from '#libs/platform/config/config.js';
import { Readiness } from '#libs/platform/http/readiness.js';
import { registry } from '#libs/platform/metrics/meters.js';
import { mayReadMetrics } from '#libs/platform/metrics/metrics-access.js';

const REQUEST_TIMEOUT_MS = 10_000;

/** What supervisors ask a worker: alive, able to work, and what it has done. It serves nothing else. */
@Injectable()
export class WorkerHealthServer {
  private server: Server | undefined;

  constructor(
    private readonly readiness: Readiness,
    private readonly config: Config,
  ) {}

  /** Port 0 opens nothing. */
  async open(host: string, port: number): Promise<void> {
    if (port === 0) return;
    this.server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      this.answer(request, response).catch(() => response.writeHead(500).end());
    });
    this.server.listen(port, host);
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    const isClosed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections(); // none can come any more
    await isClosed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = (request.url ?? '').split('?');
    if (path === '/healthz') return sendJson(response, 200, { status: 'ok' });
    if (path === '/metrics') return this.sendMetrics(request, response);
    if (path !== '/readyz') return sendJson(response, 404, { status: 'There is /healthz, /readyz and /metrics.' });
    const report = await this.readiness.report();
    sendJson(response, report.status === 'not ready' ? 503 : 200, report);
  }

  /** No proxy stands before a worker: forwarding headers are not trusted. */
  private async sendMetrics({ socket, headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const scraper = {
      address: socket.remoteAddress,
      authorization: headers.authorization,
      isForwardedByAStranger: headers['x-forwarded-for'] !== undefined,
    };
    const isAllowed = mayReadMetrics(scraper, this.config.get('METRICS_TOKEN'));
    if (!isAllowed) return sendJson(response, 403, { status: 'Metrics are for this machine, or for those who send METRICS_TOKEN.' });
    response.writeHead(200, { 'content-type': registry.contentType, connection: 'close' }).end(await registry.metrics());
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body));
}
