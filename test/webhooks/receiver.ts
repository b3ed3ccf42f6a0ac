import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface ReceiverAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** The endpoint of a webhook. */
export class Receiver {
  readonly received: Received[] = [];
  answer: (path: string) => ReceiverAnswer = () => ({ status: 204 });
  private readonly server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      this.received.push({ path: request.url!, headers: request.headers, body });
      const { status, headers, body: answer } = this.answer(request.url!);
      response.writeHead(status, headers).end(answer);
    });
  });

  async start(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  urlOf(path: string): string {
    return `http://127.0.0.1:${this.port}/${path}`;
  }

  at(path: string): Received[] {
    return this.received.filter((each) => each.path === `/${path}`);
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
