import { IdempotencyKey } from '#libs/entities/idempotency-key.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { forEachDatabase } from '../support/databases.js';

const PASSWORD = 'vermilion otter teapot';
const GIVEN = 'lantern walrus gravel';

forEachDatabase((database) => {
  let server: AppInProcess;
  let admin: AdminCaller;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, DATABASE_URL: database.url } });
    admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
  });
  afterAll(() => server.stop());

  const post = (path: string, key: string, body: unknown, caller = admin) => caller.send('POST', path, body, { 'idempotency-key': key });
  const names = async (path: string): Promise<string[]> =>
    ((await (await admin.send('GET', path)).json()) as { items: { name?: string; username?: string }[] }).items.map(
      ({ name, username }) => name ?? username ?? '',
    );

  it('does a thing once and answers it twice, secrets too, which are not readable in the database', async () => {
    const input = { name: 'ci', role: 'publisher' };
    const first = await post('tokens', 'key-1', input);
    const second = await post('tokens', 'key-1', input);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
    const answer = (await first.json()) as { token: string };
    expect(await second.json()).toEqual(answer);
    expect((await names('tokens')).filter((name) => name === 'ci')).toHaveLength(1);
    const [row] = await server.app.get(Database).manager.find(IdempotencyKey);
    expect(row!.answer!.toString()).not.toContain(answer.token);
  });

  it('refuses the key with another body, path or for another thing', async () => {
    const input = { username: 'once', password: GIVEN, role: 'viewer' };
    expect((await post('users', 'key-2', input)).status).toBe(201);
    for (const [path, body] of [
      ['users', { ...input, role: 'admin' }],
      ['invitations', input],
      ['tokens', input],
    ] as const) {
      expect(await problem(await post(path, 'key-2', body))).toMatchObject({ status: 422, type: 'urn:ods:problem:idempotency-key-reused' });
    }
  });

  it('keeps callers apart', async () => {
    const program = new AdminCaller(server.url);
    const made = await admin.send('POST', 'tokens', { name: 'other', role: 'admin' });
    program.token = ((await made.json()) as { token: string }).token;
    expect((await post('tokens', 'key-3', { name: 'by admin', role: 'viewer' })).status).toBe(201);
    expect((await post('tokens', 'key-3', { name: 'by program', role: 'viewer' }, program)).status).toBe(201);
  });

  it('lets a request that failed be sent again', async () => {
    const input = { username: 'again', password: 'short', role: 'viewer' };
    expect((await post('users', 'key-4', input)).status).toBe(400);
    expect((await post('users', 'key-4', { ...input, password: GIVEN })).status).toBe(201);
  });

  it('does it once when many come at once', async () => {
    const input = { name: 'at once', role: 'viewer' };
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('tokens', 'key-5', input)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    const bodies = await Promise.all(answers.filter(({ status }) => status === 201).map((answer) => answer.json()));
    expect(bodies.length).toBeGreaterThan(0);
    expect(new Set(bodies.map((body) => (body as { id: number }).id)).size).toBe(1);
    expect((await names('tokens')).filter((name) => name === 'at once')).toHaveLength(1);
    expect((await post('tokens', 'key-5', input)).status).toBe(201);
  });

  it('refuses keys that are none, and forgets them after their time', async () => {
    for (const key of ['', 'x'.repeat(256), 'with space']) {
      expect([key, (await post('tokens', key, { name: 'n', role: 'viewer' })).status]).toEqual([key, 400]);
    }
    const { manager } = server.app.get(Database);
    await manager.createQueryBuilder().update(IdempotencyKey).set({ expiresMs: 1 }).execute();
    const taken = await post('tokens', 'key-1', { name: 'ci', role: 'publisher' });
    expect(await problem(taken)).toMatchObject({ status: 409, type: 'urn:ods:problem:token-name-taken' }); // done anew
  });

  it('answers nothing in the place of an empty answer', async () => {
    const change = { current_password: PASSWORD, new_password: 'copper meadow biscuit' };
    const statuses = [await post('auth/password', 'key-6', change), await post('auth/password', 'key-6', change)].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([204, 204]); // a second change would be refused: the current password is another one by now
  });
});
