import { Clock } from '#libs/platform/clock.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';

const PASSWORD = 'vermilion otter teapot';
const DAY = 86_400_000;

describe('a sign-in', () => {
  let server: AppInProcess;
  let caller: AdminCaller;
  let shiftMs = 0;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, SESSION_DAYS: '14', SESSION_MAX_DAYS: '30' } });
    server.app.get(Clock).now = () => Date.now() + shiftMs;
  });
  beforeEach(async () => {
    shiftMs = 0;
    caller = new AdminCaller(server.url);
    await caller.signIn({ username: 'admin', password: PASSWORD });
  });
  afterAll(() => server.stop());

  it('ends after its longest time, however much it is used', async () => {
    for (const day of [10, 20, 29]) {
      shiftMs = day * DAY;
      expect((await caller.refresh()).status).toBe(200);
    }
    shiftMs = 30 * DAY + 1_000;
    expect((await caller.refresh()).status).toBe(401);
  });

  it('is not ended by a refresh token that was never issued', async () => {
    const [name, value] = caller.cookie.split('=');
    const [session] = value!.split('.');
    const stranger = new AdminCaller(server.url);
    for (const secret of ['A'.repeat(43), value!.split('.')[1]!.replace(/^./, (first) => (first === 'x' ? 'y' : 'x'))]) {
      stranger.cookie = `${name}=${session}.${secret}`;
      expect((await stranger.refresh()).status).toBe(401);
    }
    expect((await caller.refresh()).status).toBe(200);
  });

  it('is ended by an old one that was given: it is in two hands', async () => {
    const old = caller.cookie;
    expect((await caller.refresh()).status).toBe(200);
    shiftMs = 60_000;
    expect((await caller.refresh()).status).toBe(200);
    const thief = new AdminCaller(server.url);
    thief.cookie = old;
    expect((await thief.refresh()).status).toBe(401);
    expect((await caller.refresh()).status).toBe(401);
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['another site, as its browser says', { 'sec-fetch-site': 'cross-site' }],
  ])('is not begun, renewed or ended by %s', async (_name, headers) => {
    for (const operation of ['login', 'refresh', 'logout']) {
      const response = await caller.send('POST', `auth/${operation}`, { username: 'admin', password: PASSWORD }, headers);
      expect([operation, (await problem(response)).type]).toEqual([operation, 'urn:ods:problem:cross-site-request']);
    }
    expect((await caller.send('POST', 'auth/refresh', undefined, { origin: server.url })).status).toBe(200);
  });
});
