import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { AdminCaller } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { auditOf } from '../support/audit.js';
import { FakeJamf } from '../support/fake-jamf/fake-jamf.js';
import { selfSigned } from '../support/self-signed.js';
import { freePort } from '../support/services.js';

const PASSWORD = 'vermilion otter teapot';

interface Step {
  readonly name: string;
  readonly ok: boolean;
  readonly needed: boolean;
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
      { name: 'reach', ok: true, needed: true, detail: `There is an answer from ${new URL(jamf.url).host}.`, missing_privilege: null },
      { name: 'sign_in', ok: true, needed: true, detail: expect.any(String), missing_privilege: null },
      { name: 'version', ok: true, needed: true, detail: 'This is Jamf Pro 11.30.0.', missing_privilege: null },
      { name: 'packages', ok: true, needed: true, detail: expect.any(String), missing_privilege: null },
      { name: 'categories', ok: true, needed: false, detail: expect.any(String), missing_privilege: null },
      { name: 'distribution_points', ok: true, needed: false, detail: expect.any(String), missing_privilege: null },
      { name: 'network_segments', ok: true, needed: false, detail: expect.any(String), missing_privilege: null },
    ]);
    expect(jamf.writes).toEqual([]);
    expect((await call('GET', '')).body).toMatchObject({ is_set_up: false });
  });

  it('says which privilege is missing, and goes on', async () => {
    jamf.tokens.clients.set('half', { secret: 'x', privileges: ['Read Categories'] });
    expect((await steps(given({ client_id: 'half', secret: 'x' }))).slice(3)).toMatchObject([
      { name: 'packages', ok: false, needed: true, missing_privilege: 'Read Packages' },
      { name: 'categories', ok: true },
      { name: 'distribution_points', ok: false, needed: false, missing_privilege: 'Read Distribution Points' },
      { name: 'network_segments', ok: false, needed: false, missing_privilege: 'Read Network Segments' },
    ]);
  });

  it('distinguishes a server that is not there from one that refuses the sign-in', async () => {
    const refused = await steps(given({ url: `http://127.0.0.1:${await freePort()}` }));
    expect(refused).toMatchObject([{ name: 'reach', ok: false, needed: true, detail: expect.stringContaining('ECONNREFUSED') }]);
    const unknown = await steps(given({ url: 'https://jamf.invalid' }));
    expect(unknown).toMatchObject([{ name: 'reach', ok: false, detail: expect.stringContaining('its name could not be resolved') }]);
    const front = https.createServer(selfSigned, (_request, response) => void response.end());
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
    const untrusted = await steps(given({ url: `https://localhost:${(front.address() as AddressInfo).port}` }));
    front.close();
    expect(untrusted).toMatchObject([{ name: 'reach', ok: false, detail: expect.stringContaining('no trusted TLS connection') }]);
    jamf.knobs.maintenance = true;
    expect(await steps(given())).toMatchObject([
      { name: 'reach', ok: true },
      { name: 'sign_in', ok: false },
    ]);
  });

  it('needs what the settings and rules ask for, and only that counts against it', async () => {
    jamf.tokens.clients.set('packages', { secret: 'x', privileges: ['Read Packages'] });
    expect((await call('PUT', '', given({ client_id: 'packages', secret: 'x' }))).status).toBe(200);
    const saved = given({ client_id: 'packages', secret: undefined });
    const needed = async () => (await steps(saved)).filter((step) => step.needed).map(({ name }) => name);
    const always = ['reach', 'sign_in', 'version', 'packages'];
    expect(await needed()).toEqual(always);
    expect((await call('GET', '')).body).toMatchObject({ last_error: null });
    const ruled = await admin.send('PUT', 'jamf/rules', { items: [{ include: true, category: 'Applications' }] });
    expect(ruled.status).toBe(200);
    const settings = { mode: 'watch', hash_type: 'SHA_512', gate: 'here', create_missing: true, manage_distribution_points: true };
    expect((await admin.send('PUT', 'jamf/settings', settings)).status).toBe(200);
    expect(await needed()).toEqual([...always, 'categories', 'distribution_points']);
    expect((await call('GET', '')).body).toMatchObject({ last_error: expect.stringContaining('"Read Categories"') });
    expect((await call('DELETE', '')).status).toBe(204);
  });

  it('ends where nothing further can work', async () => {
    expect(await steps(given({ secret: 'wrong' }))).toMatchObject([{ name: 'reach' }, { name: 'sign_in', ok: false }]);
    jamf.knobs.maintenance = true;
    expect((await steps(given())).slice(1)).toMatchObject([{ name: 'sign_in', ok: false, detail: expect.stringContaining('503') }]);
    jamf.knobs.maintenance = false;
    jamf.knobs.version = '11.4.2';
    expect((await steps(given())).slice(2)).toMatchObject([{ name: 'version', ok: false, detail: expect.stringContaining('11.5') }]);
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
