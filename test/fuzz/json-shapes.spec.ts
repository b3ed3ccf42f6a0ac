import { type Route, RouteTable } from '#libs/platform/http/bodies/route-table.js';
import { samplePath, takesBody } from '../api/api-routes.js';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { ForeignPeer } from '../support/foreign-peer.js';
import type { TestServer } from '../support/test-server.js';
import { JsonShapes } from './json-shapes.js';

const PASSWORD = 'vermilion otter teapot';
/** For each route. Those without a token are what anybody can send. */
const bodiesOf = (isKnown: boolean): number => (isKnown ? 5 : 12);
/** What one request may keep this process busy, its own sending included. Time of the processor: other programs do not count. */
const MOST_CPU_MS = 500;
/** A request that costs too much is sent again: what it costs each time is its own, a garbage collection in between is not. */
const MEASUREMENTS = 3;

describe('JSON of any shape', () => {
  let server: AppInProcess;
  let admin: AdminCaller;
  let peer: ForeignPeer;
  let routes: readonly Route[];
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, API_RATE_PER_MINUTE: '0' } });
    routes = RouteTable.of(server.app).routes.filter(takesBody);
    admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
    peer = await ForeignPeer.start('Fuzz');
    const ok = async (method: string, path: string): Promise<unknown> => (await admin.send(method, path.replace('/api/admin/', ''))).json();
    await peer.registerWith({ url: server.url, ok } as unknown as TestServer);
  });
  afterAll(async () => {
    peer.stop();
    await server.stop();
  });

  async function authorizationFor(route: Route, body: Buffer): Promise<string> {
    if (route.access === 'peer') return `Bearer ${peer.tokenFor(route.method, samplePath(route), body)}`;
    // One of these requests may have signed out.
    if ((await admin.send('GET', 'auth/me')).status === 401) await admin.signIn({ username: 'admin', password: PASSWORD });
    return `Bearer ${admin.token}`;
  }

  type Answer = { readonly status: number; readonly cpuMs: number };

  async function cheapest(route: Route, body: Buffer, isKnown: boolean): Promise<Answer> {
    let best: Answer | null = null;
    for (let count = 0; count < MEASUREMENTS && (best === null || best.cpuMs > MOST_CPU_MS); count += 1) {
      const authorization = isKnown && route.access !== 'public' ? await authorizationFor(route, body) : null;
      const answer = await send(route, body, authorization);
      if (answer.status >= 500) return answer;
      if (best === null || answer.cpuMs < best.cpuMs) best = answer;
    }
    return best!;
  }

  async function send(route: Route, body: Buffer, authorization: string | null): Promise<Answer> {
    const headers = { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) };
    const before = process.cpuUsage();
    const response = await fetch(server.url + samplePath(route), { method: route.method, headers, body: new Uint8Array(body) });
    await response.arrayBuffer();
    const { user, system } = process.cpuUsage(before);
    return { status: response.status, cpuMs: (user + system) / 1_000 };
  }

  it.each([false, true])('fails no route and costs none much processor time (with a token: %s)', async (isKnown) => {
    const shapes = new JsonShapes(isKnown ? 7 : 11);
    const faults: string[] = [];
    for (const route of routes) {
      for (let count = 0; count < bodiesOf(isKnown); count += 1) {
        const { name, body } = shapes.next();
        const { status, cpuMs } = await cheapest(route, body, isKnown);
        const isRefused = route.access === 'public' || isKnown || status === 401;
        if (status >= 500 || cpuMs > MOST_CPU_MS || !isRefused)
          faults.push(`${route.method} ${route.path}, ${name}: ${status}, ${Math.round(cpuMs)} ms`);
      }
    }
    expect(faults).toEqual([]);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });
});
