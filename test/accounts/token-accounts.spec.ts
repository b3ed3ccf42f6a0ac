import { User } from '#libs/entities/user.entity.js';
import { ApiToken } from '#libs/entities/api-token.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { auditOf } from '../support/audit.js';

const PASSWORD = 'vermilion otter teapot';
const OTHER = 'lantern walrus gravel';

describe('API tokens and their accounts', () => {
  let server: AppInProcess;
  let admin: AdminCaller;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD } });
    admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
  });
  afterAll(() => server.stop());

  const created = async <T>(response: Promise<Response>): Promise<T> => {
    const answer = await response;
    const body = (await answer.json()) as T;
    expect([answer.status, body]).toEqual([201, expect.anything()]);
    return body;
  };
  const tokenOf = async (maker: AdminCaller, input: Record<string, unknown>): Promise<AdminCaller> => {
    const program = new AdminCaller(server.url);
    program.token = (await created<{ token: string }>(maker.send('POST', 'tokens', { role: 'admin', ...input }))).token;
    return program;
  };
  const status = async (caller: AdminCaller, operation = 'packages'): Promise<number> => (await caller.send('GET', operation)).status;

  /** Another administrator, signed in, with a token, and a token that this token made. */
  async function administrator(username: string) {
    const { id } = await created<{ id: number }>(admin.send('POST', 'users', { username, password: PASSWORD, role: 'admin' }));
    const person = new AdminCaller(server.url);
    await person.signIn({ username, password: PASSWORD });
    expect((await person.send('POST', 'auth/password', { current_password: PASSWORD, new_password: OTHER })).status).toBe(204);
    const program = await tokenOf(person, { name: `${username} 1` });
    const second = await tokenOf(program, { name: `${username} 2` });
    expect([await status(program, 'users'), await status(second, 'users')]).toEqual([200, 200]);
    return { id, program, second };
  }

  it('end with the account of whoever made them, also those that a token made', async () => {
    const { id, program, second } = await administrator('anna');
    expect((await admin.send('DELETE', `users/${id}`)).status).toBe(204);
    expect([await status(program), await status(second)]).toEqual([401, 401]);
    expect((await auditOf(server)).filter(({ action }) => action === 'token.revoked').map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['anna 1', 'anna 2']),
    );
  });

  it('are good for nothing while the account is disabled', async () => {
    const { id, program } = await administrator('bert');
    expect((await admin.send('PATCH', `users/${id}`, { disabled: true })).status).toBe(200);
    expect(await status(program)).toBe(401);
    expect((await admin.send('PATCH', `users/${id}`, { disabled: false })).status).toBe(200);
    expect(await status(program)).toBe(200);
  });

  it('never do more than the account may', async () => {
    const { id, program, second } = await administrator('carl');
    expect((await admin.send('PATCH', `users/${id}`, { role: 'viewer' })).status).toBe(200);
    expect([await status(program), await status(program, 'users'), await status(second, 'users')]).toEqual([200, 403, 403]);
  });

  it('may belong to a service account, which stays when people go, cannot sign in, and is no administrator who could', async () => {
    const service = { username: 'builds', role: 'admin', service: true };
    expect((await admin.send('POST', 'users', { ...service, password: PASSWORD })).status).toBe(400);
    const { id } = await created<{ id: number }>(admin.send('POST', 'users', service));
    const { id: maker, program } = await administrator('dora');
    const build = await tokenOf(program, { name: 'nightly', account: 'builds' });
    expect((await admin.send('DELETE', `users/${maker}`)).status).toBe(204);
    expect(await status(build, 'users')).toBe(200);
    for (const password of ['none', '', PASSWORD]) {
      const response = await new AdminCaller(server.url).send('POST', 'auth/login', { username: 'builds', password });
      expect([400, 401]).toContain(response.status);
    }
    expect((await admin.send('PATCH', `users/${id}`, { password: OTHER })).status).toBe(400);
    // With the other people gone, admin is the last one who could sign in as an administrator.
    const people = await server.app.get(Database).manager.findBy(User, { service: false });
    for (const person of people.filter(({ username }) => username !== 'admin')) await admin.send('DELETE', `users/${person.id}`);
    const last = people.find(({ username }) => username === 'admin')!;
    expect((await build.send('DELETE', `users/${last.id}`)).status).toBe(409);
    expect((await admin.send('DELETE', `users/${id}`)).status).toBe(204);
    expect(await status(build)).toBe(401);
  });

  it('are not made for the account of another person, nor for none', async () => {
    await administrator('emil');
    for (const account of ['emil', 'ghost', '']) {
      const response = await admin.send('POST', 'tokens', { name: `for "${account}"`, role: 'viewer', account });
      expect([account, response.status]).toEqual([account, 422]);
    }
  });

  it('of an account that was gone before tokens had one are good for nothing', async () => {
    const orphan = await tokenOf(admin, { name: 'orphan' });
    await server.app.get(Database).manager.update(ApiToken, { name: 'orphan' }, { accountId: null });
    expect(await status(orphan)).toBe(401);
    const { items } = (await (await admin.send('GET', 'tokens')).json()) as { items: { name: string; account: string | null }[] };
    expect(items.find(({ name }) => name === 'orphan')).toMatchObject({ account: null });
  });
});
