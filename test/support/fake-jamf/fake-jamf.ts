import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, fault, json, listPage, page } from './answers.js';
import { type Knobs, usual } from './knobs.js';
import { FakePackages, type PackageRecord } from './packages.js';
import { FakeNetworks } from './networks.js';
import { FakePoints } from './points.js';
import { FakeTokens, refusalOf } from './tokens.js';

/** One request as it came in. */
export interface Noted {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly node: number;
  /** Who signed in for it; empty for a request without a token. */
  readonly client: string;
  /** Whether it carried the cookie that keeps a client on one node. */
  readonly isSticky: boolean;
  /** Requests that were under way when it came, itself included. */
  readonly atOnce: number;
  readonly body: string;
}

const privileges: Readonly<Record<string, string>> = { GET: 'Read', POST: 'Create', PUT: 'Update', PATCH: 'Update', DELETE: 'Delete' };
const isAnswer = (value: object): value is Answer => 'status' in value;

/**
 * A Jamf Pro server for tests, written from the public OpenAPI document (11.30) and from what public clients work around: the package
 * records of a cluster of two nodes, with its tokens, its faults and a book of every request.
 */
export class FakeJamf {
  readonly knobs: Knobs = { ...usual };
  readonly tokens = new FakeTokens(this.knobs);
  readonly categories = new Map([['1', { id: '1', name: 'Applications', priority: 9 }]]);
  readonly packages = new FakePackages(this.knobs, (id) => this.categories.has(id));
  readonly points = new FakePoints(this.knobs);
  readonly networks = new FakeNetworks();
  readonly book: Noted[] = [];
  /** Paths of the requests that are under way. */
  readonly underWay: string[] = [];
  private readonly server: Server = createServer((request, response) => void this.take(request, response));

  static async start(): Promise<FakeJamf> {
    const fake = new FakeJamf();
    fake.tokens.clients.set('ods-client', { secret: 's3cret', privileges: null });
    fake.tokens.users.set('admin', 'jamf1234');
    fake.server.listen(0, '127.0.0.1');
    await once(fake.server, 'listening');
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get records(): PackageRecord[] {
    return this.packages.table.settled;
  }

  /** Requests that write distribution points. */
  get pointWrites(): Noted[] {
    return this.book.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/v1/distribution-points'));
  }

  /** Requests that write package records. */
  get writes(): Noted[] {
    return this.book.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api/v1/packages'));
  }

  /** Everything as at the start, but for who may sign in. */
  reset(): void {
    Object.assign(this.knobs, usual);
    this.packages.table.clear();
    this.points.table.clear();
    this.networks.segments.clear();
    this.book.length = 0;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sticky = /jpro-ingress=n(\d+)/.exec(request.headers.cookie ?? '')?.[1];
    const node = sticky === undefined ? Math.floor(Math.random() * this.knobs.nodes) : Number(sticky);
    const arrived = request.url ?? '';
    this.underWay.push(arrived);
    const atOnce = this.underWay.length;
    try {
      const body = (await buffer(request)).toString();
      if (this.knobs.slowMs > 0) await sleep(this.knobs.slowMs);
      const client = this.tokens.clientOf(request.headers.authorization ?? '');
      const answer = this.answerTo(request, body, node);
      const { method = '', url: path = '' } = request;
      this.book.push({ method, path, status: answer.status, node, client, isSticky: sticky !== undefined, atOnce, body });
      if (answer.isLost) request.socket.destroy();
      else {
        if (sticky === undefined) response.setHeader('set-cookie', `jpro-ingress=n${node}; Path=/; HttpOnly`);
        response.writeHead(answer.status, answer.headers).end(answer.body);
      }
    } finally {
      this.underWay.splice(this.underWay.indexOf(arrived), 1);
    }
  }

  private answerTo(request: IncomingMessage, body: string, node: number): Answer {
    const { knobs } = this;
    if (knobs.down > 0) {
      knobs.down -= 1;
      return page(502, 'Bad Gateway');
    }
    if (knobs.maintenance) return page(503, 'Jamf Pro is initializing');
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const authorization = request.headers.authorization ?? '';
    if (request.method === 'POST' && /^\/api\/(?:v1\/)?oauth\/token$/.test(pathname))
      return this.tokens.ofClient(pathname, new URLSearchParams(body));
    if (request.method === 'POST' && pathname === '/api/v1/auth/token') return this.tokens.ofUser(authorization);
    const session = this.tokens.sessionOf(authorization, pathname);
    if (isAnswer(session)) return session;
    if (pathname === '/api/v1/auth/keep-alive') return this.tokens.keepAlive(session, authorization);
    if (pathname === '/api/v1/auth/invalidate-token') return this.tokens.end(authorization);
    if (pathname === '/api/v1/jamf-pro-version') return json(200, { version: `${knobs.version}-t1782920582649` });
    return this.resource(request.method ?? 'GET', pathname, searchParams, body, node, (privilege) => refusalOf(session, privilege));
  }

  private resource(
    ...[method, path, query, body, node, refusal]: [string, string, URLSearchParams, string, number, (privilege: string) => Answer | null]
  ): Answer {
    if (path === '/api/v1/categories') {
      const fields = ['id', 'name', 'priority'];
      return refusal('Read Categories') ?? listPage([...this.categories.values()], query, { fields, clamp: this.knobs.pageClamp });
    }
    const networks = this.networks.answer(path, refusal);
    if (networks) return networks;
    const parsed = () => JSON.parse(body) as Record<string, unknown>;
    const [isPoints, point] = /^\/api\/v1\/distribution-points(?:\/(\d+))?$/.exec(path) ?? [];
    if (isPoints !== undefined)
      return refusal(`${privileges[method]} Distribution Points`) ?? this.points.answer(method, point, query, parsed, node);
    const [isPackages, id] = /^\/api\/v1\/packages(?:\/(\d+))?$/.exec(path) ?? [];
    if (isPackages === undefined) return fault(404, 'NOT_FOUND', 'Not Found');
    if (this.knobs.edgeRefuses && method !== 'GET') return page(403, 'The request could not be satisfied', { server: 'CloudFront' });
    return refusal(`${privileges[method] ?? 'Delete'} Packages`) ?? this.packages.answer(method, id, query, parsed, node);
  }
}
