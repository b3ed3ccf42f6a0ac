import { startApp, type AppInProcess } from '../support/app-in-process.js';
import { TusCaller } from '../upload/tus-caller.js';

const ADMIN = { username: 'admin', password: 'Correct-Horse-9-Battery' };

/** An unknown name is refused with the one that was meant, wherever names are sent. */
describe('typos', () => {
  let server: AppInProcess;
  let token: string;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: ADMIN.password } });
    const signedIn = await call('POST', '/auth/login', ADMIN, '');
    token = signedIn.body['access_token'] as string;
  });
  afterAll(() => server.stop());

  async function call(method: string, path: string, body?: unknown, bearer = token) {
    const response = await fetch(`${server.url}/api/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  }

  it.each([
    ['GET', '/packages?Stage=Prod', undefined, 'query parameter "Stage". Did you mean "stage"?'],
    ['GET', '/packages?sotr=filename', undefined, 'query parameter "sotr". Did you mean "sort"?'],
    ['GET', '/packages/a.pkg?By=id', undefined, 'query parameter "By". Did you mean "by"?'],
    ['DELETE', '/packages/a.pkg?confrim=true', undefined, 'query parameter "confrim". Did you mean "confirm"?'],
    ['GET', '/audit?acton=x', undefined, 'query parameter "acton"'],
    ['GET', '/network/packages?State=all', undefined, 'query parameter "State". Did you mean "state"?'],
    ['PATCH', '/packages/a.pkg', { Stage: 'Test' }, 'field "Stage". Did you mean "stage"?'],
    ['POST', '/tokens', { name: 'ci', role: 'viewer', expires_in_day: 3 }, 'field "expires_in_day". Did you mean "expires_in_days"?'],
    ['POST', '/webhooks', { name: 'w', url: 'https://a.example', event: [] }, 'field "event". Did you mean "events"?'],
    ['PATCH', '/replication', { window: { from: '22:00', to: '06:00', timezone: 'UTC' } }, 'field "timezone". Did you mean "time_zone"?'],
    // Operations that take no parameters at all.
    ['GET', '/about?verbose=1', undefined, 'query parameter "verbose". None is known here.'],
    ['GET', '/users?limit=5', undefined, 'query parameter "limit"'],
    ['GET', '/system?x=', undefined, 'query parameter "x"'],
    ['POST', '/webhooks/1/test?x=1', undefined, 'query parameter "x"'],
    ['POST', '/webhooks/1/test', { event: 'package.synced' }, 'field "event". None is known here.'],
  ])('are refused: %s %s %j', async (method, path, body, said) => {
    const answer = await call(method, path, body);
    expect([answer.status, answer.body['detail']]).toEqual([400, expect.stringContaining(`There is no ${said}`)]);
  });

  it.each([
    ['Stage', 'Test', 'stage'],
    ['sha-256', '0'.repeat(64), 'sha256'],
    ['replce', 'true', 'replace'],
    ['fileName', 'x', 'filename'],
  ])('are refused in the metadata of resumable uploads: %s', async (key, value, meant) => {
    const answer = await call('GET', '/about');
    expect(answer.status).toBe(200);
    const tus = new TusCaller(server, token);
    const response = await fetch(`${server.url}/api/admin/upload/resumable`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'tus-resumable': '1.0.0',
        'upload-length': '1',
        'upload-metadata': `filename ${Buffer.from('a.pkg').toString('base64')},${key} ${Buffer.from(value).toString('base64')}`,
      },
    });
    expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([
      400,
      expect.stringContaining(`Did you mean "${meant}"?`),
    ]);
    // What clients add of their own accord says nothing about the package.
    expect((await tus.create(1, { filename: 'b.pkg', name: 'b.pkg', type: 'x/y', filetype: 'x/y', relativePath: 'null' })).status).toBe(
      201,
    );
  });

  it.each([
    ['Upload-Concat', 'partial'],
    ['Upload-Concat', 'final;/api/admin/upload/resumable/a'],
    ['Upload-Defer-Length', '1'],
    ['Upload-Complete', '?1'],
    ['Upload-Draft-Interop-Version', '6'],
    ['Upload-Incomplete', '?0'],
    ['Content-Encoding', 'gzip'],
    ['Content-Range', 'bytes 0-4/10'],
  ])('and options of the protocol that are not offered: %s: %s', async (name, value) => {
    const tus = new TusCaller(server, token);
    const body = ['Content-Encoding', 'Content-Range'].includes(name) ? 'x' : undefined;
    const begun = await tus.create(5, { filename: 'option.pkg' }, { [name]: value }, body);
    expect([begun.status, begun.headers.get('location')]).toEqual([400, null]);
    const location = await tus.begin('option.pkg', 5);
    expect((await tus.patch(location, 0, 'half1', { [name]: value })).status).toBe(400);
    expect(await tus.offset(location)).toBe(0);
    expect((await fetch(`${server.url}/share/option.pkg`)).status).toBe(404);
    await tus.send('DELETE', location);
  });

  it('but not on downloads, where parameters are for caches in between', async () => {
    expect((await fetch(`${server.url}/share/none.pkg?v=3`)).status).toBe(404);
  });
});
