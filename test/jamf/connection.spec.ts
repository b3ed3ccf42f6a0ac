import { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { auditOf } from '../support/audit.js';
import { FakeJamf } from '../support/fake-jamf/fake-jamf.js';

const PASSWORD = 'vermilion otter teapot';

interface Step {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly missing_privilege: string | null;
}

describe('the connection to Jamf Pro', () => {
  let jamf: FakeJamf;
  let app: AppInProcess;
  let admin: AdminCaller;

  beforeAll(async () => {
    jamf = await FakeJamf.start();
    app = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, OUTBOUND_ALLOW_LOCAL: 'true' } });
    admin = new AdminCaller(app.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
  });
  afterEach(() => jamf.reset());
  afterAll(async () => {
    await app.stop();
    await jamf.stop();
  });

  const given = (more: object = {}) => ({ url: jamf.url, auth: 'client', client_id: 'ods-client', secret: 's3cret', ...more });
  const call = async <T>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> => {
    const response = await admin.send(method, `jamf/connection${path}`, body);
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
  };
  const steps = async (body: object): Promise<Step[]> => (await call<{ steps: Step[] }>('POST', '/test', body)).body.steps;
  const withoutSecret = () => ({ ...given(), secret: undefined });

  it('is tried before it is saved, step by step', async () => {
    expect((await call('GET', '')).body).toMatchObject({ is_set_up: false, url: '', has_secret: false });
    expect(await steps(given())).toEqual([
      { name: 'sign_in', ok: true, detail: expect.any(String), missing_privilege: null },
      { name: 'version', ok: true, detail: 'This is Jamf Pro 11.30.0.', missing_privilege: null },
      { name: 'packages', ok: true, detail: expect.any(String), missing_privilege: null },
      { name: 'categories', ok: true, detail: expect.any(String), missing_privilege: null },
    ]);
    expect(jamf.writes).toEqual([]);
    expect((await call('GET', '')).body).toMatchObject({ is_set_up: false });
  });

  it('says which privilege is missing, and goes on', async () => {
    jamf.tokens.clients.set('half', { secret: 'x', privileges: ['Read Categories'] });
    expect((await steps(given({ client_id: 'half', secret: 'x' }))).slice(2)).toMatchObject([
      { name: 'packages', ok: false, missing_privilege: 'Read Packages' },
      { name: 'categories', ok: true },
    ]);
  });

  it('ends where nothing further can work', async () => {
    expect(await steps(given({ secret: 'wrong' }))).toMatchObject([{ name: 'sign_in', ok: false }]);
    jamf.knobs.maintenance = true;
    expect(await steps(given())).toMatchObject([{ name: 'sign_in', ok: false, detail: expect.stringContaining('503') }]);
    jamf.knobs.maintenance = false;
    jamf.knobs.version = '11.4.2';
    expect((await steps(given())).slice(1)).toMatchObject([{ name: 'version', ok: false, detail: expect.stringContaining('11.5') }]);
  });

  it('keeps its secret sealed, shows it nowhere, and does not let it be led elsewhere', async () => {
    expect(await call('PUT', '', given())).toMatchObject({ status: 200, body: { is_set_up: true, has_secret: true, url: jamf.url } });
    const row = await app.app.get(Database).manager.findOneByOrFail(JamfConnection, { id: 1 });
    expect(row.secret).toMatch(/^v1\./);
    expect((await call('PUT', '', withoutSecret())).status).toBe(200);
    for (const change of [{ url: 'https://jamf.example.com' }, { client_id: 'other' }, { auth: 'user' }])
      for (const [method, path] of [
        ['PUT', ''],
        ['POST', '/test'],
      ] as const)
        expect(await call(method, path, { ...withoutSecret(), ...change })).toMatchObject({
          status: 400,
          body: { detail: expect.stringContaining('Give secret again') },
        });
    expect(JSON.stringify([await auditOf(app), (await call('GET', '')).body])).not.toContain('s3cret');
  });

  it('remembers how the last contact went', async () => {
    await steps(withoutSecret());
    expect((await call('GET', '')).body).toMatchObject({
      version: '11.30.0',
      capabilities: ['packages', 'distribution_points', 'sha3_512'],
      last_ok_ts: expect.any(Number),
      last_error: null,
    });
    jamf.knobs.maintenance = true;
    await steps(withoutSecret());
    expect((await call('GET', '')).body).toMatchObject({ version: '11.30.0', last_error: expect.stringContaining('503') });
  });

  it.each(['http://jamf.example.com', 'https://a:b@jamf.example.com', 'https://jamf.example.com/x', 'jamf'])(
    'refuses the address %s',
    async (url) => {
      expect(await call('PUT', '', given({ url }))).toMatchObject({
        status: 400,
        body: { detail: expect.stringContaining('address of Jamf Pro') },
      });
    },
  );

  it('is forgotten, without a word to Jamf Pro', async () => {
    expect((await call('DELETE', '')).status).toBe(204);
    expect(jamf.book).toEqual([]);
    expect(await call('DELETE', '')).toMatchObject({ status: 404, body: { type: 'urn:ods:problem:jamf-not-set-up' } });
    expect((await auditOf(app)).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['jamf.connection_updated', 'jamf.connection_tested', 'jamf.connection_removed']),
    );
  });
});
