import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A forward proxy (RFC 9110 section 9.3.6) that brings every name to a port of this machine, and writes down what it was asked for. */
export class ForwardProxy {
  readonly asked: string[] = [];
  readonly authorizations: (string | undefined)[] = [];
  /** Refuses those who do not say this. */
  authorization: string | null = null;
  private readonly server: Server = createServer((incoming, response) => this.forward(incoming, response)).on(
    'connect',
    (incoming, socket) => this.tunnel(incoming, socket),
  );

  private readonly sockets = new Set<Duplex>();

  async start(): Promise<this> {
    this.server.on('connection', (socket) => this.sockets.add(socket));
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private admits({ headers }: IncomingMessage): boolean {
    this.authorizations.push(headers['proxy-authorization']);
    return this.authorization === null || headers['proxy-authorization'] === this.authorization;
  }

  private forward(incoming: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`${incoming.method} ${incoming.url}`);
    if (!this.admits(incoming)) return void response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end();
    const url = new URL(incoming.url!);
    const outgoing = request(
      { host: '127.0.0.1', port: url.port, path: url.pathname + url.search, method: incoming.method, headers: incoming.headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => response.writeHead(502).end());
    incoming.pipe(outgoing);
  }

  private tunnel(incoming: IncomingMessage, socket: Duplex): void {
    this.asked.push(`CONNECT ${incoming.url}`);
    socket.on('error', () => undefined);
    if (!this.admits(incoming)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
    const target: Socket = connect(Number(incoming.url!.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    this.sockets.add(target);
    target.on('error', () => socket.destroy());
  }
}
