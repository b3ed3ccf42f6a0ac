import { Session } from '#libs/entities/session.entity.js';
import { User } from '#libs/entities/user.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { auditOf } from '../support/audit.js';

const DEFAULT = { username: 'admin', password: 'ods1234!' };
const NEW_PASSWORD = 'vermilion otter teapot';

describe('the first sign-in', () => {
  let server: AppInProcess;
  let caller: AdminCaller;
  beforeAll(async () => {
    server = await startApp();
    caller = new AdminCaller(server.url);
  });
  afterAll(() => server.stop());

  it('takes the reference password and asks for another one', async () => {
    expect(await caller.signIn(DEFAULT)).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'Bearer',
      expires_in: 900,
      password_change_required: true,
    });
    const me = await caller.send('GET', 'auth/me');
    expect(await me.json()).toEqual({
      id: expect.any(Number),
      username: 'admin',
      role: 'admin',
      kind: 'user',
      password_change_required: true,
      stages: null,
      external: false,
    });
  });

  it('opens nothing else until then', async () => {
    const response = await caller.send('GET', 'system');
    expect(response.status).toBe(403);
    expect(await problem(response)).toMatchObject({
      type: 'urn:ods:problem:password-change-required',
      status: 403,
    });
  });

  it('refuses a weak new password with the reason, by field', async () => {
    const change = { current_password: DEFAULT.password, new_password: 'admin-ods1234!' };
    const response = await caller.send('POST', 'auth/password', change);
    expect(response.status).toBe(400);
    const { errors, detail } = await problem(response);
    expect(errors).toContainEqual({
      pointer: '/new_password',
      detail: 'A password does not contain the user name.',
    });
    expect(detail).not.toContain('ods1234!');
  });

  it('refuses a new password when the current one is wrong', async () => {
    const response = await caller.send('POST', 'auth/password', {
      current_password: 'wrong',
      new_password: NEW_PASSWORD,
    });
    expect(response.status).toBe(403);
    expect((await problem(response)).type).toBe('urn:ods:problem:current-password-wrong');
  });

  it('sets the new password, keeps this sign-in and ends all others', async () => {
    const other = new AdminCaller(server.url);
    await other.signIn(DEFAULT);
    const change = { current_password: DEFAULT.password, new_password: NEW_PASSWORD };
    expect((await caller.send('POST', 'auth/password', change)).status).toBe(204);
    expect(await (await caller.send('GET', 'auth/me')).json()).toMatchObject({
      password_change_required: false,
    });
    expect((await caller.send('GET', 'system')).status).toBe(200);
    expect((await other.send('GET', 'auth/me')).status).toBe(401);
    expect((await other.refresh()).status).toBe(401);
    expect((await other.send('POST', 'auth/login', DEFAULT)).status).toBe(401);
    expect(await new AdminCaller(server.url).signIn({ username: ' Admin ', password: NEW_PASSWORD })).toMatchObject({
      password_change_required: false,
    });
  });

  it('wrote all that into the audit trail, with who and from where and without secrets', async () => {
    const events = await auditOf(server);
    expect(events.map(({ action }) => action)).toEqual([
      'user.signed_in',
      'user.password_change_refused',
      'user.signed_in',
      'user.password_changed',
      'user.sign_in_refused',
      'user.signed_in',
    ]);
    for (const event of events) {
      expect(event).toMatchObject({
        address: '127.0.0.1',
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    }
    expect(events[0]).toMatchObject({ actorKind: 'user', actor: 'admin', subject: 'admin' });
    expect(events[3]).toMatchObject({ actorKind: 'user', actor: 'admin', subject: 'admin' });
    expect(events[4]).toMatchObject({ actorKind: 'system', subject: 'admin' });
    expect(JSON.stringify(events)).not.toMatch(/ods1234|vermilion/);
  });
});

describe('a sign-in', () => {
  let server: AppInProcess;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: NEW_PASSWORD } });
  });
  afterAll(() => server.stop());

  const signedIn = async (): Promise<AdminCaller> => {
    const caller = new AdminCaller(server.url);
    const { password_change_required } = await caller.signIn({
      username: 'admin',
      password: NEW_PASSWORD,
    });
    expect(password_change_required).toBe(false);
    return caller;
  };

  it('keeps its refresh token in a cookie that no script and no other site can use', async () => {
    const response = await fetch(`${server.url}/api/admin/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: NEW_PASSWORD }),
    });
    const [cookie] = response.headers.getSetCookie();
    expect(cookie).toMatch(
      /^ods_refresh_[0-9a-f]{8}=[0-9a-f]{32}\.[\w-]{43}; Max-Age=1209600; Path=\/api\/admin\/auth; HttpOnly; SameSite=Strict$/,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    const row = await server.app.get(Database).manager.find(Session);
    expect(JSON.stringify(row)).not.toContain(cookie!.split(';')[0]!.split('.')[1]);
  });

  it('is refused without a token, and with one that is forged, expired or for another use', async () => {
    const caller = await signedIn();
    const [header, payload] = caller.token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const token of ['', 'nonsense', `${header}.${payload}.AAAA`, `${none}.${payload}.`, caller.cookie]) {
      caller.token = token;
      const response = await caller.send('GET', 'auth/me');
      expect([token, response.status]).toEqual([token, 401]);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect((await problem(response)).type).toBe('urn:ods:problem:sign-in-required');
    }
  });

  it('refreshes, and the old access token stays valid until it expires', async () => {
    const caller = await signedIn();
    const { cookie, token } = caller;
    const response = await caller.refresh();
    expect(await response.json()).toMatchObject({
      token_type: 'Bearer',
      expires_in: 900,
      password_change_required: false,
    });
    expect(caller.cookie).not.toBe(cookie);
    expect((await caller.send('GET', 'auth/me')).status).toBe(200);
    caller.token = token;
    expect((await caller.send('GET', 'auth/me')).status).toBe(200);
  });

  it('gives tabs that refresh at the same time the same new cookie', async () => {
    const caller = await signedIn();
    const tabs = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const tab = new AdminCaller(server.url);
        tab.cookie = caller.cookie;
        expect((await tab.refresh()).status).toBe(200);
        return tab.cookie;
      }),
    );
    expect(new Set(tabs).size).toBe(1);
    expect(tabs[0]).not.toBe(caller.cookie);
  });

  it('has no refresh without a cookie, nor from pages of other sites, nor with a form', async () => {
    const caller = await signedIn();
    expect((await new AdminCaller(server.url).refresh()).status).toBe(401);
    const crossSite = await caller.send('POST', 'auth/refresh', undefined, {
      'sec-fetch-site': 'cross-site',
    });
    expect(crossSite.status).toBe(403);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const operation of ['refresh', 'login', 'logout']) {
      expect([operation, (await caller.send('POST', `auth/${operation}`, undefined, form)).status]).toEqual([operation, 415]);
    }
    expect((await caller.send('GET', 'auth/refresh')).status).toBe(404);
    expect((await caller.refresh()).status).toBe(200);
  });

  it('ends at sign-out: neither token is worth anything', async () => {
    const caller = await signedIn();
    const { cookie } = caller;
    expect((await caller.send('POST', 'auth/logout')).status).toBe(204);
    expect(caller.cookie).toMatch(/=$/);
    expect((await caller.send('GET', 'auth/me')).status).toBe(401);
    caller.cookie = cookie;
    expect((await caller.refresh()).status).toBe(401);
    expect((await auditOf(server)).at(-1)).toMatchObject({
      action: 'user.signed_out',
      actor: 'admin',
      address: '127.0.0.1',
    });
  });

  it('ends at once when the account is disabled, and a lesser role counts at once', async () => {
    const caller = await signedIn();
    const { manager } = server.app.get(Database);
    await manager.update(User, { username: 'admin' }, { role: 'viewer' });
    expect((await caller.send('GET', 'system')).status).toBe(200);
    await manager.update(User, { username: 'admin' }, { disabled: true, role: 'admin' });
    expect((await caller.send('GET', 'auth/me')).status).toBe(401);
    expect((await caller.refresh()).status).toBe(401);
    const again = await caller.send('POST', 'auth/login', {
      username: 'admin',
      password: NEW_PASSWORD,
    });
    expect((await problem(again)).type).toBe('urn:ods:problem:sign-in-refused');
    await manager.update(User, { username: 'admin' }, { disabled: false });
    expect((await caller.send('GET', 'auth/me')).status).toBe(200);
  });

  it('lasts as long as it is used, and two weeks without', async () => {
    const day = 86_400_000;
    let shiftMs = 0;
    server.app.get(Clock).now = () => Date.now() + shiftMs;
    const caller = await signedIn();
    shiftMs += 13 * day;
    expect((await caller.refresh()).status).toBe(200);
    shiftMs += 13 * day;
    expect((await caller.send('GET', 'auth/me')).status).toBe(200);
    shiftMs += 2 * day;
    expect((await caller.send('GET', 'auth/me')).status).toBe(401);
    expect((await caller.refresh()).status).toBe(401);
  });

  it.each([
    [{ username: 'admin' }, '/password'],
    [{ username: 5, password: 'x' }, '/username'],
    [{ username: 'a\u0000b', password: 'x' }, '/username'],
    [{ username: 'x'.repeat(65), password: 'x' }, '/username'],
    [{ username: 'admin', password: 'x'.repeat(1_025) }, '/password'],
    [{ username: 'admin', password: 'x', role: 'admin' }, '/role'],
  ])('refuses a malformed sign-in %#', async (body, pointer) => {
    const response = await new AdminCaller(server.url).send('POST', 'auth/login', body);
    expect(response.status).toBe(400);
    expect((await problem(response)).errors?.map((error) => error.pointer)).toContain(pointer);
  });
});
