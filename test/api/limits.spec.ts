import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';

const PASSWORD = 'vermilion otter teapot';

describe('the limits of the API', () => {
  let server: AppInProcess;
  let admin: AdminCaller;
  beforeAll(async () => {
    server = await startApp({
      env: { ADMIN_PASSWORD: PASSWORD, API_RATE_PER_MINUTE: '10', CORS_ORIGINS: 'https://tools.example.org,http://localhost:4200' },
    });
    admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
  });
  afterAll(() => server.stop());

  it('lets pages of the origins that are named call it with a token, and no others', async () => {
    const preflight = (origin: string) =>
      fetch(`${server.url}/api/admin/packages`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization,content-type' },
      });
    const allowed = await preflight('https://tools.example.org');
    expect(allowed.status).toBe(204);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': 'https://tools.example.org',
      'access-control-allow-methods': expect.stringContaining('PATCH'),
      'access-control-allow-headers': 'authorization,content-type',
      vary: expect.stringContaining('Origin'),
    });
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    for (const origin of ['https://evil.example.org', 'https://tools.example.org.evil.example', 'null']) {
      const refused = await preflight(origin);
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    }
    const call = await fetch(`${server.url}/api/admin/auth/me`, {
      headers: { origin: 'http://localhost:4200', authorization: `Bearer ${admin.token}` },
    });
    expect([call.status, call.headers.get('access-control-allow-origin')]).toEqual([200, 'http://localhost:4200']);
  });

  it('are answered to a caller that exceeds them, and delay no other caller', async () => {
    const other = new AdminCaller(server.url);
    await other.signIn({ username: 'admin', password: PASSWORD });
    const statuses: number[] = [];
    for (let call = 0; call < 12; call += 1) {
      const response = await admin.send('GET', 'auth/me');
      statuses.push(response.status);
      if (response.status === 429) {
        expect(await problem(response)).toMatchObject({ type: 'urn:ods:problem:too-many-requests', status: 429 });
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      } else await response.body?.cancel();
    }
    expect(statuses).toContain(429);
    expect((await other.send('GET', 'auth/me')).status).toBe(200);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('hold however the address of an operation is written, and where there is none', async () => {
    for (const path of ['/%61pi/admin/auth/me', '/api/%61dmin/auth/me', '/api/admin/nothing', '/API/admin/auth/me']) {
      const seen = new Set<number>();
      for (let call = 0; call < 12; call += 1)
        seen.add((await fetch(`${server.url}${path}`, { headers: { authorization: 'Bearer ods_one' } })).status);
      expect([path, seen.has(429)]).toEqual([path, true]);
    }
  });

  it('hold for an address that invents tokens', async () => {
    const statuses: number[] = [];
    for (let call = 0; call < 60; call += 1) {
      const response = await fetch(`${server.url}/api/admin/auth/me`, { headers: { authorization: `Bearer ods_${call}` } });
      await response.body?.cancel();
      statuses.push(response.status);
    }
    expect(statuses).toContain(429);
    expect((await fetch(`${server.url}/share/nothing.pkg`)).status).toBe(404); // downloads are not counted
  });
});

describe('without CORS_ORIGINS', () => {
  it('no page of another site is allowed anything', async () => {
    const server = await startApp();
    const headers = { origin: 'https://tools.example.org', 'access-control-request-method': 'GET' };
    const preflight = await fetch(`${server.url}/api/admin/packages`, { method: 'OPTIONS', headers });
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(preflight.status).toBeGreaterThanOrEqual(400);
    await server.stop();
  });
});

describe('the limit of a token', () => {
  it('holds whatever user name is sent before it', async () => {
    const server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, API_RATE_PER_MINUTE: '10' } });
    try {
      const statuses: number[] = [];
      for (let call = 0; call < 12; call += 1) {
        const authorization = `Basic ${Buffer.from(`user${call}:ods_one`).toString('base64')}`;
        statuses.push((await fetch(`${server.url}/munki_api/manifests`, { headers: { authorization } })).status);
      }
      expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    } finally {
      await server.stop();
    }
  });
});
