import { openApi } from '../../apps/api/src/open-api.js';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { ApiToken } from '#libs/entities/api-token.entity.js';
import { User, type Role, roles } from '#libs/entities/user.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { tokens } from '../support/tokens.js';
import { leastRoles, openOperations } from './least-roles.js';

const PASSWORD = 'vermilion otter teapot';
/** One's own sign-in: programs have none, and some of these end the session. */
const own = new Set(['POST auth/password', 'POST auth/logout', 'POST auth/oidc/link', 'GET auth/me']);

interface Documented {
  readonly 'x-least-role'?: Role;
}

/** Every operation of the admin API as the document lists it, with the role that it names. */
function operationsOf({ app }: AppInProcess): Map<string, Role | undefined> {
  const found = new Map<string, Role | undefined>();
  for (const [path, item] of Object.entries(openApi(app).paths)) {
    const inside = /^\/api\/admin\/(.+)$/.exec(path)?.[1];
    if (inside === undefined) continue;
    for (const [method, operation] of Object.entries(item as Record<string, Documented>)) {
      found.set(`${method.toUpperCase()} ${inside}`, operation['x-least-role']);
    }
  }
  return found;
}

describe('every operation of the admin API', () => {
  let server: AppInProcess;
  let admin: AdminCaller;
  const guarded = [...leastRoles.keys()];
  const needs = (role: Role): string[] => guarded.filter((operation) => !own.has(operation) && leastRoles.get(operation) === role);
  const closedTo = (role: Role): string[] => roles.slice(roles.indexOf(role) + 1).flatMap(needs);
  const openTo = (role: Role): string[] => roles.slice(0, roles.indexOf(role) + 1).flatMap(needs);

  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD } });
    admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
  });
  afterAll(() => server.stop());

  const statuses = async (caller: AdminCaller, operations: readonly string[]): Promise<[string, number][]> => {
    const found: [string, number][] = [];
    for (const operation of operations) {
      const [method, path] = operation.split(' ') as [string, string];
      const hasBody = !/^(?:GET|HEAD|DELETE|OPTIONS)$/.test(method);
      const nothing = path.replace(/\{\w+\}/g, '999999');
      const response = await caller.send(method, nothing, hasBody ? { nothing: 'of any use' } : undefined);
      await response.body?.cancel();
      found.push([operation, response.status]);
    }
    return found;
  };
  const all = (operations: readonly string[], status: number): [string, number][] => operations.map((operation) => [operation, status]);
  const bearing = (token: string): AdminCaller => Object.assign(new AdminCaller(server.url), { token });
  const issue = async (name: string, role: Role, more: object = {}): Promise<{ id: number; caller: AdminCaller }> => {
    const response = await admin.send('POST', 'tokens', { name, role, ...more });
    expect(response.status).toBe(201);
    const { id, token } = (await response.json()) as { id: number; token: string };
    return { id, caller: bearing(token) };
  };

  it('is in the table of roles, and the document says the same', () => {
    const documented = operationsOf(server);
    for (const operation of openOperations) expect(documented.get(operation)).toBeUndefined();
    for (const operation of openOperations) documented.delete(operation);
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(leastRoles));
  });

  describe('is closed to whoever has', () => {
    const refusesAll = async (caller: AdminCaller): Promise<void> => expect(await statuses(caller, guarded)).toEqual(all(guarded, 401));

    it('no token', () => refusesAll(new AdminCaller(server.url)));
    it('a token that was never issued', () => refusesAll(bearing(`ods_${'a'.repeat(43)}`)));
    it('a token that was revoked', async () => {
      const { id, caller } = await issue('revoked', 'admin');
      expect((await admin.send('DELETE', `tokens/${id}`)).status).toBe(204);
      await refusesAll(caller);
    });
    it('a token that has expired', async () => {
      const { id, caller } = await issue('expired', 'admin');
      await server.app.get(Database).manager.update(ApiToken, { id }, { expiresMs: Date.now() - 1 });
      await refusesAll(caller);
    });
    it('a token as servers call each other with, even one that this server signed', async () => {
      const { iss, privateKey } = await server.app.get(ServerIdentity).get();
      const now = Math.floor(Date.now() / 1_000);
      const claims = { iss, aud: iss, sub: '1', iat: now, exp: now + 60, jti: 'a'.repeat(32) };
      await refusesAll(bearing(tokens.es256(claims, privateKey)));
    });
  });

  it.each(['viewer', 'publisher'] as const)('beyond a %s is closed to the one who is signed in', async (role) => {
    const caller = new AdminCaller(server.url);
    const { manager } = server.app.get(Database);
    await manager.update(User, { username: 'admin' }, { role });
    await caller.signIn({ username: 'admin', password: PASSWORD });
    expect(await statuses(caller, closedTo(role))).toEqual(all(closedTo(role), 403));
    await manager.update(User, { username: 'admin' }, { role: 'admin' });
  });

  it.each(roles)('is closed or open to a program that is %s, as the table says', async (role) => {
    const { caller } = await issue(`as ${role}`, role);
    expect(await statuses(caller, closedTo(role))).toEqual(all(closedTo(role), 403));
    const refused = (await statuses(caller, openTo(role))).filter(([, status]) => status === 401 || status === 403 || status >= 500);
    expect(refused).toEqual([]);
  });

  it('of administrators is closed to a program that may publish in some stages', async () => {
    const { caller } = await issue('tester', 'publisher', { stages: ['Dev'] });
    expect(await statuses(caller, closedTo('publisher'))).toEqual(all(closedTo('publisher'), 403));
  });

  it('is closed to a user who still has the password that was given to them, but for the account itself', async () => {
    const caller = new AdminCaller(server.url);
    const { manager } = server.app.get(Database);
    await manager.update(User, { username: 'admin' }, { role: 'admin', mustChangePassword: true });
    await caller.signIn({ username: 'admin', password: PASSWORD });
    const closed = guarded.filter((operation) => !own.has(operation));
    expect(await statuses(caller, closed)).toEqual(all(closed, 403));
  });
});
