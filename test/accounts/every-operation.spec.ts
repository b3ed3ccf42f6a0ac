import { openApi } from '../../apps/api/src/open-api.js';
import { User, type Role } from '#libs/entities/user.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';

const PASSWORD = 'vermilion otter teapot';
const open = new Set(['POST auth/login', 'POST auth/refresh']);
/** One's own sign-in is everybody's. */
const own = new Set(['POST auth/password', 'POST auth/logout', 'GET auth/me']);
const allowed: Readonly<Record<Role, RegExp>> = {
  viewer: /^(?:GET|HEAD|OPTIONS) (?!(?:users|tokens|audit)(?:\/|$))/,
  publisher:
    /^(?:(?:GET|HEAD|OPTIONS) (?!(?:users|tokens|audit)(?:\/|$))|\w+ (?:packages|upload|transfers)(?:\/|$)|POST registered_ods\/1\/sync$)/,
  admin: /^/,
};

/** Every operation of the admin API as the document lists it, with "1" for each parameter. */
function operationsOf({ app }: AppInProcess): string[] {
  return Object.entries(openApi(app).paths).flatMap(([path, item]) => {
    const inside = /^\/api\/admin\/(.+)$/.exec(path)?.[1]?.replace(/\{\w+\}/g, '1');
    return inside === undefined ? [] : Object.keys(item).map((method) => `${method.toUpperCase()} ${inside}`);
  });
}

describe('every operation of the admin API', () => {
  let server: AppInProcess;
  let operations: string[];
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD } });
    operations = operationsOf(server);
  });
  afterAll(() => server.stop());

  const statuses = async (caller: AdminCaller, of: string[]): Promise<[string, number][]> => {
    const found: [string, number][] = [];
    for (const operation of of) {
      const [method, path] = operation.split(' ') as [string, string];
      const hasBody = !/^(?:GET|HEAD|DELETE)$/.test(method);
      const response = await caller.send(method, path, hasBody ? { nothing: 'of any use' } : undefined);
      await response.body?.cancel();
      found.push([operation, response.status]);
    }
    return found;
  };

  it('is in the document', () => {
    expect(operations).toEqual(expect.arrayContaining([...open, ...own, 'GET about', 'GET packages', 'GET system']));
  });

  it('needs a sign-in, but for signing in', async () => {
    const guarded = operations.filter((operation) => !open.has(operation));
    const answers = await statuses(new AdminCaller(server.url), guarded);
    expect(answers).toEqual(guarded.map((operation) => [operation, 401]));
  });

  it.each(['viewer', 'publisher'] as const)('that changes anything is closed to a %s unless it is theirs to do', async (role) => {
    const caller = new AdminCaller(server.url);
    const { manager } = server.app.get(Database);
    await manager.update(User, { username: 'admin' }, { role });
    await caller.signIn({ username: 'admin', password: PASSWORD });
    const closed = operations.filter((operation) => !open.has(operation) && !own.has(operation) && !allowed[role].test(operation));
    expect(closed.length).toBeGreaterThan(2);
    expect(await statuses(caller, closed)).toEqual(closed.map((operation) => [operation, 403]));
  });

  it('is closed to a user who still has the password that was given to them, but for the account itself', async () => {
    const caller = new AdminCaller(server.url);
    const { manager } = server.app.get(Database);
    await manager.update(User, { username: 'admin' }, { role: 'admin', mustChangePassword: true });
    await caller.signIn({ username: 'admin', password: PASSWORD });
    const closed = operations.filter((operation) => !open.has(operation) && !own.has(operation));
    expect(await statuses(caller, closed)).toEqual(closed.map((operation) => [operation, 403]));
  });
});
