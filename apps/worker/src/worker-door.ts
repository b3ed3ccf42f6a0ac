import { Injectable } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { Readiness } from '#libs/platform/http/readiness.js';

const REQUEST_TIMEOUT_MS = 10_000;

/** What supervisors ask a worker: alive, and able to work. It serves nothing else. */
@Injectable()
export class WorkerDoor {
  private server: Server | undefined;

  constructor(private readonly readiness: Readiness) {}

  /** Port 0 opens nothing. */
  async open(host: string, port: number): Promise<void> {
    if (port === 0) return;
    this.server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      this.answer(request.url?.split('?')[0] ?? '', response).catch(() => response.writeHead(500).end());
    });
    this.server.listen(port, host);
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise<void>((resolve) => (this.server ? this.server.close(() => resolve()) : resolve()));
  }

  private async answer(path: string, response: ServerResponse): Promise<void> {
    if (path === '/healthz') return sendJson(response, 200, { status: 'ok' });
    if (path !== '/readyz') return sendJson(response, 404, { status: 'There is /healthz, /readyz and /metrics.' });
    const report = await this.readiness.report();
    sendJson(response, report.status === 'not ready' ? 503 : 200, report);
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body));
}
