import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { auditOf } from '../support/audit.js';
import { forEachDatabase } from '../support/databases.js';

const PASSWORD = 'vermilion otter teapot';
const GIVEN = 'lantern walrus gravel';
const OWN = 'copper meadow biscuit';

interface User {
  readonly id: number;
  readonly username: string;
  readonly role: string;
  readonly disabled: boolean;
}

forEachDatabase((database) => {
  let server: AppInProcess;
  let admin: AdminCaller;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, DATABASE_URL: database.url } });
    admin = await signedIn('admin', PASSWORD);
  });
  afterAll(() => server.stop());

  async function signedIn(username: string, password: string): Promise<AdminCaller> {
    const caller = new AdminCaller(server.url);
    await caller.signIn({ username, password });
    return caller;
  }

  async function call<T = User>(method: string, path: string, body?: unknown, caller = admin): Promise<T> {
    const response = await caller.send(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  async function refusal(method: string, path: string, body?: unknown, caller = admin): Promise<[number, string]> {
    const { status, type } = await problem(await caller.send(method, path, body));
    return [status, type.replace('urn:ods:problem:', '')];
  }

  /** A user who has set a password of their own. */
  async function settled(username: string, role: string): Promise<{ user: User; caller: AdminCaller }> {
    const user = await call('POST', 'users', { username, password: GIVEN, role });
    const caller = await signedIn(username, GIVEN);
    await call('POST', 'auth/password', { current_password: GIVEN, new_password: OWN }, caller);
    return { user, caller };
  }

  const lastAction = async (): Promise<unknown> => {
    const [event] = (await auditOf(server)).slice(-1);
    return { action: event!.action, actor: event!.actor, subject: event!.subject, details: event!.details };
  };

  it('makes a user who has to set a password first', async () => {
    const made = await call('POST', 'users', { username: 'Änna', password: GIVEN, role: 'publisher' });
    expect(made).toEqual({
      id: expect.any(Number),
      username: 'Änna',
      role: 'publisher',
      disabled: false,
      password_change_required: true,
      service: false,
      external: false,
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      created_ts: expect.any(Number),
      last_login_ts: null,
    });
    expect(await lastAction()).toEqual({ action: 'user.created', actor: 'admin', subject: 'Änna', details: { role: 'publisher' } });
    const caller = await signedIn('änna', GIVEN);
    expect(await refusal('GET', 'packages', undefined, caller)).toEqual([403, 'password-change-required']);
    await call('POST', 'auth/password', { current_password: GIVEN, new_password: OWN }, caller);
    expect(await call('GET', 'packages', undefined, caller)).toMatchObject({ items: [] });
    expect(await call('GET', `users/${made.id}`)).toMatchObject({ password_change_required: false, last_login_ts: expect.any(Number) });
    const { items } = await call<{ items: User[] }>('GET', 'users');
    expect(items.map(({ username }) => username)).toEqual(['admin', 'Änna']);
  });

  it('refuses a name that is there in another case, a weak password, an unknown role and unknown fields', async () => {
    const fine = { username: 'bert', password: GIVEN, role: 'viewer' };
    expect(await refusal('POST', 'users', { ...fine, username: 'ADMIN' })).toEqual([409, 'username-taken']);
    for (const fault of [
      { username: ' bert' },
      { username: 'be\u200brt' },
      { username: '' },
      { username: 'b'.repeat(65) },
      { username: null },
      { password: 'ods1234!' },
      { password: 'this is bert himself' },
      { role: 'root' },
      { disabled: true },
    ]) {
      expect([fault, await refusal('POST', 'users', { ...fine, ...fault })]).toEqual([fault, [400, 'invalid-request']]);
    }
    expect(await refusal('GET', 'users/999')).toEqual([404, 'user-not-found']);
    expect(await refusal('DELETE', 'users/999')).toEqual([404, 'user-not-found']);
    expect(await refusal('PATCH', 'users/x', {})).toEqual([400, 'invalid-request']);
  });

  it('lets exactly one of two creations of one name succeed', async () => {
    const create = () => admin.send('POST', 'users', { username: 'twice', password: GIVEN, role: 'viewer' });
    const statuses = (await Promise.all([create(), create()])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 409]);
  });

  it('counts another role at once', async () => {
    const { user, caller } = await settled('cara', 'admin');
    expect((await caller.send('GET', 'users')).status).toBe(200);
    await call('PATCH', `users/${user.id}`, { role: 'viewer' });
    expect(await lastAction()).toMatchObject({
      action: 'user.updated',
      details: { before: { role: 'admin', disabled: false }, after: { role: 'viewer', disabled: false } },
    });
    expect(await refusal('GET', 'users', undefined, caller)).toEqual([403, 'role-too-low']);
    expect((await caller.send('GET', 'packages')).status).toBe(200);
  });

  it('ends the sign-ins of a user who is disabled, given a password, or removed', async () => {
    const { user, caller } = await settled('dora', 'viewer');
    await call('PATCH', `users/${user.id}`, { password: 'walnut harbour sandal' });
    expect(await lastAction()).toMatchObject({ action: 'user.password_reset', subject: 'dora' });
    expect((await caller.send('GET', 'packages')).status).toBe(401);
    expect((await caller.refresh()).status).toBe(401);
    const again = await signedIn('dora', 'walnut harbour sandal');
    expect(await refusal('GET', 'packages', undefined, again)).toEqual([403, 'password-change-required']);
    await call('PATCH', `users/${user.id}`, { disabled: true });
    expect((await again.send('GET', 'auth/me')).status).toBe(401);
    expect(await refusal('POST', 'auth/login', { username: 'dora', password: 'walnut harbour sandal' })).toEqual([401, 'sign-in-refused']);
    await call('PATCH', `users/${user.id}`, { disabled: false });
    const third = await signedIn('dora', 'walnut harbour sandal');
    await call('DELETE', `users/${user.id}`);
    expect(await lastAction()).toMatchObject({ action: 'user.deleted', subject: 'dora' });
    expect((await third.send('GET', 'auth/me')).status).toBe(401);
    expect((await third.refresh()).status).toBe(401);
    expect(await refusal('GET', `users/${user.id}`)).toEqual([404, 'user-not-found']);
  });

  it('keeps the other sign-ins of a user whose role was changed, and ends none of anybody else', async () => {
    const { user } = await settled('emil', 'viewer');
    await call('PATCH', `users/${user.id}`, { disabled: true });
    expect((await admin.send('GET', 'auth/me')).status).toBe(200);
  });

  it('always keeps an administrator who can sign in, also when two remove each other at once', async () => {
    const { items } = await call<{ items: User[] }>('GET', 'users');
    const first = items.find(({ username }) => username === 'admin')!;
    for (const change of [{ role: 'viewer' }, { disabled: true }]) {
      expect(await refusal('PATCH', `users/${first.id}`, change)).toEqual([409, 'last-administrator']);
    }
    expect(await refusal('DELETE', `users/${first.id}`)).toEqual([409, 'last-administrator']);
    expect(await refusal('PATCH', `users/${first.id}`, { password: GIVEN })).toEqual([409, 'own-password']);
    const { user: second, caller } = await settled('fred', 'admin');
    const answers = await Promise.all([
      admin.send('PATCH', `users/${second.id}`, { role: 'viewer' }),
      caller.send('PATCH', `users/${first.id}`, { role: 'viewer' }),
    ]);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1); // the other: 409, or 403 when it came after
    const left = await call<{ items: User[] }>('GET', 'users', undefined, statuses[0] === 200 ? admin : caller);
    expect(left.items.filter(({ role, disabled }) => role === 'admin' && !disabled)).toHaveLength(1);
  });
});
