import { jest } from '@jest/globals';
import { ApiToken } from '#libs/entities/api-token.entity.js';
import { Clock } from '#libs/platform/clock.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { auditOf } from '../support/audit.js';

const PASSWORD = 'vermilion otter teapot';
const DAY = 86_400_000;

describe('API tokens', () => {
  let server: AppInProcess;
  let admin: AdminCaller;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD } });
    admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
  });
  afterAll(() => server.stop());
  afterEach(() => jest.restoreAllMocks());

  async function issue(input: Record<string, unknown>): Promise<{ id: number; program: AdminCaller; body: Record<string, unknown> }> {
    const response = await admin.send('POST', 'tokens', { role: 'publisher', ...input });
    const body = (await response.json()) as Record<string, unknown>;
    expect([response.status, body]).toEqual([201, expect.anything()]);
    const program = new AdminCaller(server.url);
    program.token = String(body['token']);
    return { id: Number(body['id']), program, body };
  }

  const refusal = async (response: Promise<Response>): Promise<[number, string]> => {
    const { status, type } = await problem(await response);
    return [status, type.replace('urn:ods:problem:', '')];
  };
  const listed = async (): Promise<Record<string, unknown>[]> =>
    ((await (await admin.send('GET', 'tokens')).json()) as { items: Record<string, unknown>[] }).items;
  const upload = (caller: AdminCaller, filename: string, content: string, fields: Record<string, string> = {}): Promise<Response> => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new Blob([content]), filename);
    return fetch(`${server.url}/api/admin/upload`, { method: 'POST', body: form, headers: { authorization: `Bearer ${caller.token}` } });
  };

  it('are shown once, stored hashed, and stand in the trail by their names', async () => {
    const { id, program, body } = await issue({ name: 'build server', expires_in_days: 30 });
    expect(body).toEqual({
      id,
      name: 'build server',
      hint: program.token.slice(0, 8),
      role: 'publisher',
      stages: null,
      expires_ts: expect.any(Number),
      created: expect.any(String),
      created_ts: expect.any(Number),
      created_by: 'admin',
      account: 'admin',
      last_used_ts: null,
      token: expect.stringMatching(/^ods_[\w-]{43}$/),
    });
    expect(await listed()).toEqual([expect.not.objectContaining({ token: expect.anything() })]);
    const kept = await server.app.get(Database).manager.findOneByOrFail(ApiToken, { id });
    expect(kept.secretHash).toBe(sha256Hex(program.token));
    expect(JSON.stringify([kept, await auditOf(server)])).not.toContain(program.token.slice(8));
    const me = await (await program.send('GET', 'auth/me')).json();
    expect(me).toEqual({
      id,
      username: 'build server',
      role: 'publisher',
      kind: 'token',
      external: false,
      password_change_required: false,
      stages: null,
    });
    expect((await upload(program, 'a.pkg', 'content of a')).status).toBe(201);
    expect((await auditOf(server)).at(-1)).toMatchObject({ action: 'package.uploaded', actorKind: 'token', actor: 'build server' });
    expect((await listed())[0]).toMatchObject({ last_used_ts: expect.any(Number) });
  });

  it('have their role and no more, and nothing of a person', async () => {
    const { program } = await issue({ name: 'reader', role: 'viewer' });
    expect((await program.send('GET', 'packages')).status).toBe(200);
    expect(await refusal(program.send('DELETE', 'packages/a.pkg'))).toEqual([403, 'role-too-low']);
    expect(await refusal(program.send('GET', 'tokens'))).toEqual([403, 'role-too-low']);
    const change = { current_password: PASSWORD, new_password: 'lantern walrus gravel' };
    const { program: powerful } = await issue({ name: 'powerful', role: 'admin' });
    expect(await refusal(powerful.send('POST', 'auth/password', change))).toEqual([403, 'people-only']);
    expect(await refusal(powerful.send('POST', 'auth/logout'))).toEqual([403, 'people-only']);
    expect((await powerful.send('GET', 'users')).status).toBe(200);
  });

  it('end when they are revoked', async () => {
    const { id, program } = await issue({ name: 'short-lived' });
    expect((await program.send('GET', 'packages')).status).toBe(200);
    expect((await admin.send('DELETE', `tokens/${id}`)).status).toBe(204);
    expect(await refusal(program.send('GET', 'packages'))).toEqual([401, 'sign-in-required']);
    expect(await refusal(admin.send('DELETE', `tokens/${id}`))).toEqual([404, 'token-not-found']);
    expect((await auditOf(server)).at(-1)).toMatchObject({ action: 'token.revoked', subject: 'short-lived' });
  });

  it('end when their time is over', async () => {
    const { program } = await issue({ name: 'for a day', expires_in_days: 1 });
    expect((await program.send('GET', 'packages')).status).toBe(200);
    const clock = server.app.get(Clock);
    const now = clock.now();
    jest.spyOn(clock, 'now').mockImplementation(() => now + DAY);
    expect(await refusal(program.send('GET', 'packages'))).toEqual([401, 'sign-in-required']);
  });

  it('that were never issued are refused, in any form', async () => {
    const stranger = new AdminCaller(server.url);
    for (const token of ['ods_', `ods_${'A'.repeat(43)}`, `ods_${'A'.repeat(5_000)}`, "ods_' OR 1=1 --", 'ods_%00']) {
      stranger.token = token;
      expect([token, await refusal(stranger.send('GET', 'packages'))]).toEqual([token, [401, 'sign-in-required']]);
    }
  });

  it('limited to stages change nothing outside of them', async () => {
    expect((await upload(admin, 'prod.pkg', 'in production', { stage: 'Prod' })).status).toBe(201);
    const { program } = await issue({ name: 'tester', stages: ['Dev', 'Test'] });
    const beyond: [number, string] = [403, 'stage-not-yours'];
    expect(await refusal(upload(program, 'b.pkg', 'content of b', { stage: 'Prod' }))).toEqual(beyond);
    expect((await upload(program, 'b.pkg', 'content of b', { stage: 'Dev' })).status).toBe(201);
    expect((await program.send('PATCH', 'packages/b.pkg', { stage: 'Test' })).status).toBe(200);
    expect(await refusal(program.send('PATCH', 'packages/b.pkg', { stage: 'Prod' }))).toEqual(beyond);
    expect(await refusal(program.send('PATCH', 'packages/prod.pkg', { stage: 'Test' }))).toEqual(beyond);
    expect(await refusal(program.send('PATCH', 'packages/prod.pkg', { notes: 'x' }))).toEqual(beyond);
    expect(await refusal(program.send('DELETE', 'packages/prod.pkg'))).toEqual(beyond);
    expect(await refusal(upload(program, 'prod.pkg', 'other', { stage: 'Test', replace: 'true' }))).toEqual(beyond);
    expect(await refusal(upload(program, 'c.pkg', 'for the stage of the server'))).toEqual(beyond);
    const kept = await fetch(`${server.url}/share/prod.pkg`);
    expect(await kept.text()).toBe('in production');
    expect((await fetch(`${server.url}/share/c.pkg`)).status).toBe(404);
    expect((await program.send('DELETE', 'packages/b.pkg')).status).toBe(204);
  });

  it('are refused with two of one name, limits that mean nothing, and unknown fields', async () => {
    await issue({ name: 'Twice' });
    expect(await refusal(admin.send('POST', 'tokens', { name: 'twice', role: 'viewer' }))).toEqual([409, 'token-name-taken']);
    for (const fault of [
      { role: 'admin', stages: ['Dev'] },
      { stages: [] },
      { stages: ['Dev', 'Dev'] },
      { stages: ['Live'] },
      { expires_in_days: 0 },
      { expires_in_days: 1.5 },
      { name: '' },
      { name: 'x'.repeat(101) },
      { token: 'ods_mine' },
    ]) {
      const response = admin.send('POST', 'tokens', { name: 'faulty', role: 'publisher', ...fault });
      expect([fault, await refusal(response)]).toEqual([fault, [400, 'invalid-request']]);
    }
  });
});
