import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Route } from '#libs/platform/http/bodies/route-table.js';
import { cpuSeconds } from '../../bench/support/cpu.mjs';
import { eventually } from '../support/eventually.js';
import { ForeignPeer } from '../support/foreign-peer.js';
import type { TestServer } from '../support/test-server.js';
import { apiRoutes, samplePath, takesBody } from './api-routes.js';

export interface Site {
  readonly server: TestServer;
  /** Where requests are sent: the server, or what stands before it. */
  readonly port: number;
  /** Reads a whole body before it passes the request on: then the server cannot answer before the body is here. */
  readonly buffers: boolean;
}

const fields = (count: number): string => `{${Array.from({ length: count }, (_, index) => `"field${index}":1`).join(',')}}`;

/** Bodies that cost a careless server much, none of which any call needs. */
const hostile: readonly (readonly [name: string, body: string])[] = [
  ['100,000 fields', fields(100_000)],
  ['300 fields', fields(300)],
  ['1,000 levels of lists', `${'['.repeat(1_000)}${']'.repeat(1_000)}`],
  ['1,000 levels of objects', `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`],
  ['a field that is there twice', '{"username":"a","username":"b"}'],
  ['a number that is infinite', '{"limit":1e999}'],
  ['a number of 10,000 digits', `{"limit":${'9'.repeat(10_000)}}`],
  ['a text of 1 MiB', `{"notes":"${'x'.repeat(2 ** 20)}"}`],
  ['a list of 5,000 numbers', `[${'1,'.repeat(5_000)}1]`],
  ['a prototype', '{"__proto__":{"isAdmin":true}}'],
];

/** Processor time of the server for one request, in seconds: the attacks took three and more. Unlike a wait it holds on a busy machine. */
const MOST_SECONDS = 1;

export function bodySuite(start: () => Promise<Site>): void {
  let site: Site;
  let url: string;
  let routes: readonly Route[];
  let token: string;
  let peer: ForeignPeer;

  beforeAll(async () => {
    [site, routes] = await Promise.all([start(), apiRoutes()]);
    url = `http://127.0.0.1:${site.port}`;
    token = await site.server.login();
    peer = await ForeignPeer.start('Hostile');
    await peer.registerWith(site.server);
  });
  afterAll(() => peer.stop());

  const send = async (route: Route, body: string, authorization: string | null): Promise<Response> => {
    const headers = { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) };
    return fetch(url + samplePath(route), { method: route.method, headers, body });
  };

  /** The most processor time that the server spent on one of the requests, in seconds. */
  async function dearestOf(chosen: readonly Route[], request: (route: Route) => Promise<void>): Promise<number> {
    const spent = (): number => cpuSeconds(site.server.pid) ?? NaN;
    let dearest = 0;
    for (const route of chosen) {
      const before = spent();
      await request(route);
      dearest = Math.max(dearest, spent() - before);
    }
    return dearest;
  }

  describe.each(hostile)('%s', (_name, body) => {
    it('sent by a stranger is refused on every route, and costs the server little', async () => {
      const faults: string[] = [];
      const dearest = await dearestOf(routes.filter(takesBody), async (route) => {
        const { status } = await send(route, body, null);
        const expected = route.access === 'public' ? [400, 401, 404, 413, 415, 429] : [401, 413];
        if (!expected.includes(status)) faults.push(`${route.method} ${route.path} ${status}`);
      });
      expect(faults).toEqual([]);
      expect(dearest).toBeLessThan(MOST_SECONDS);
    });

    it('sent by an administrator or a registered server is refused on every route, and costs the server little', async () => {
      const faults: string[] = [];
      const chosen = routes.filter((each) => takesBody(each) && each.access !== 'public' && each.kind !== 'stream');
      const dearest = await dearestOf(chosen, async (route) => {
        const peerToken = peer.tokenFor(route.method, samplePath(route), Buffer.from(body));
        const { status } = await send(route, body, `Bearer ${route.access === 'peer' ? peerToken : token}`);
        if (![400, 412, 413, 415].includes(status)) faults.push(`${route.method} ${route.path} ${status}`);
      });
      expect(faults).toEqual([]);
      expect(dearest).toBeLessThan(MOST_SECONDS);
    });
  });

  it('of a deletion may be missing although a type is named, as many programs do with every request', async () => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/admin/packages/none.pkg`, { method: 'DELETE', headers });
    expect([answer.status, await answer.json()]).toEqual([404, expect.objectContaining({ type: 'urn:ods:problem:package-not-found' })]);
  });

  it('a refusal by the head alone names the protocol and the time, as every answer to a server does', async () => {
    for (const route of routes.filter((each) => takesBody(each) && each.access === 'peer')) {
      const { status, headers } = await send(route, '{}', 'Bearer x.y.z');
      expect([route.path, status, headers.get('ods-protocol')]).toEqual([route.path, 401, '1']);
      expect(Number(headers.get('ods-time'))).toBeGreaterThan(0);
    }
  });

  it('a body one byte over the limit of its route is refused, on every route that takes JSON', async () => {
    const faults: string[] = [];
    for (const route of routes.filter((each) => takesBody(each) && each.access === 'admin' && each.kind === 'json')) {
      const body = `{"a":"${'x'.repeat(route.limits.maxBytes - 7)}"}`;
      const { status } = await send(route, body, `Bearer ${token}`);
      if (status !== 413) faults.push(`${route.method} ${route.path} ${status}`);
    }
    expect(faults).toEqual([]);
  });

  describe('of a body that never ends', () => {
    const sockets: Socket[] = [];
    afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

    async function begin(path: string, length: number, head: string): Promise<{ answer: () => string }> {
      const socket = connect(site.port, '127.0.0.1');
      socket.on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
      let text = '';
      socket.on('data', (data: Buffer) => (text += data.toString()));
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${head}\r\n{`);
      return { answer: () => text };
    }

    it('the head is judged alone: strangers are refused before they have sent it', async () => {
      if (site.buffers) return;
      const calls = await Promise.all(
        Array.from({ length: 150 }, (_, index) =>
          begin(index % 2 ? '/api/ods/notifications' : '/api/admin/users', 4_000, 'Authorization: Bearer x.y.z\r\n'),
        ),
      );
      await eventually(() => expect(calls.filter(({ answer }) => answer().startsWith('HTTP/1.1 401'))).toHaveLength(150));
    });

    it('so many are held at a time, no longer than their time', async () => {
      const calls = await Promise.all(Array.from({ length: 40 }, () => begin('/api/admin/auth/login', 100, '')));
      const answered = (status: number) => calls.filter(({ answer }) => answer().startsWith(`HTTP/1.1 ${status}`)).length;
      // nginx ends the connection of a client that stops sending, without an answer.
      const ended = (): number => sockets.filter(({ closed }) => closed).length;
      if (!site.buffers) await eventually(() => expect(answered(503)).toBe(40 - 16));
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      await eventually(() => expect(site.buffers ? ended() : answered(408)).toBe(site.buffers ? 40 : 16), {
        timeoutMs: 60_000,
      });
      const { status } = await fetch(`${url}/api/admin/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'admin', password: 'wrong' }),
      });
      expect(status).toBe(401);
    });
  });
}
