import { setTimeout as sleep } from 'node:timers/promises';
import { FakeJamf } from './fake-jamf.js';

const least = {
  ...{ categoryId: '-1', priority: 10, fillUserTemplate: false, rebootRequired: false, osInstall: false, suppressUpdates: false },
  ...{ suppressFromDock: false, suppressEula: false, suppressRegistration: false },
};
const record = (name: string, more: object = {}): object => ({ packageName: name, fileName: name, ...least, ...more });

describe('the double of Jamf Pro', () => {
  let jamf: FakeJamf;
  beforeAll(async () => {
    jamf = await FakeJamf.start();
  });
  afterEach(() => jamf.reset());
  afterAll(() => jamf.stop());

  const signIn = (id = 'ods-client', secret = 's3cret', path = '/api/v1/oauth/token'): Promise<Response> =>
    fetch(jamf.url + path, {
      method: 'POST',
      body: new URLSearchParams({ client_id: id, client_secret: secret, grant_type: 'client_credentials' }),
    });
  const token = async (...given: Parameters<typeof signIn>): Promise<string> =>
    ((await (await signIn(...given)).json()) as { access_token: string }).access_token;
  const api = (bearer: string, method: string, path: string, body?: object, cookie = 'jpro-ingress=n0'): Promise<Response> =>
    fetch(jamf.url + path, {
      method,
      headers: { authorization: `Bearer ${bearer}`, cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const codeOf = async (answer: Promise<Response>): Promise<string> =>
    ((await (await answer).json()) as { errors: { code: string }[] }).errors[0]!.code;

  it('gives tokens at the address that it knows, to those who have the secret, for as long as it says', async () => {
    expect((await signIn('ods-client', 'wrong')).status).toBe(401);
    jamf.knobs.wrongSecretStatus = 400;
    expect((await signIn('ods-client', 'wrong')).status).toBe(400);
    jamf.knobs.v1oauth = false;
    expect([(await signIn()).status, (await signIn('ods-client', 's3cret', '/api/oauth/token')).status]).toEqual([404, 200]);
    jamf.knobs.v1oauth = true;
    const bearer = await token();
    expect((await api(bearer, 'GET', '/api/v1/packages')).status).toBe(200);
    jamf.knobs.expireNow = true;
    expect((await api(bearer, 'GET', '/api/v1/packages')).status).toBe(401);
    expect((await api(bearer, 'GET', '/api/v1/packages')).status).toBe(401);
  });

  it('keeps names apart, in any case, and refuses types that it does not know', async () => {
    const bearer = await token();
    expect((await api(bearer, 'POST', '/api/v1/packages', record('A.pkg'))).status).toBe(201);
    expect(await codeOf(api(bearer, 'POST', '/api/v1/packages', record('a.PKG')))).toBe('DUPLICATE_FIELD');
    expect(await codeOf(api(bearer, 'POST', '/api/v1/packages', record('A.txt')))).toBe('UNSUPPORTED_FILE_TYPE');
    expect(await codeOf(api(bearer, 'POST', '/api/v1/packages', record('B.pkg', { categoryId: '99' })))).toBe('INVALID_ID');
  });

  it('forgets what a PUT leaves out', async () => {
    const { id } = jamf.packages.add(record('A.pkg', { notes: 'kept?', fillUserTemplate: true }) as Record<string, unknown>);
    const answer = await api(await token(), 'PUT', `/api/v1/packages/${id}`, record('A.pkg'));
    expect(await answer.json()).toMatchObject({ id, notes: null, fillUserTemplate: false });
  });

  it('shows a write to the other node only after the lag', async () => {
    jamf.knobs.lagMs = 300;
    const bearer = await token();
    const { id } = (await (await api(bearer, 'POST', '/api/v1/packages', record('A.pkg'))).json()) as { id: string };
    const statusAt = async (node: number) =>
      (await api(bearer, 'GET', `/api/v1/packages/${id}`, undefined, `jpro-ingress=n${node}`)).status;
    expect([await statusAt(0), await statusAt(1)]).toEqual([200, 404]);
    await sleep(350);
    expect(await statusAt(1)).toBe(200);
  });

  it('cuts pages silently, and filters', async () => {
    for (const name of ['A.pkg', 'B.pkg', 'C, "d".pkg']) jamf.packages.add(record(name) as Record<string, unknown>);
    const bearer = await token();
    const list = async (query: Record<string, string>) =>
      (await (await api(bearer, 'GET', `/api/v1/packages?${new URLSearchParams(query)}`)).json()) as {
        totalCount: number;
        results: object[];
      };
    jamf.knobs.pageClamp = 1;
    expect(await list({ 'page-size': '500' })).toMatchObject({ totalCount: 3, results: [{ fileName: 'A.pkg' }] });
    expect((await list({ filter: 'fileName=="a.pkg",fileName=="b.pkg"' })).totalCount).toBe(2);
    expect((await list({ filter: 'fileName=="C, \\"d\\".pkg"' })).totalCount).toBe(1);
    expect((await list({ filter: 'fileName=="*.pkg";packageName!=A.pkg' })).totalCount).toBe(2);
    expect(await codeOf(api(bearer, 'GET', '/api/v1/packages?filter=size==1'))).toBe('INVALID_FIELD');
  });

  it('lets a client do what its role has', async () => {
    jamf.tokens.clients.set('reader', { secret: 'x', privileges: ['Read Packages'] });
    const bearer = await token('reader', 'x');
    expect((await api(bearer, 'GET', '/api/v1/packages')).status).toBe(200);
    expect((await api(bearer, 'POST', '/api/v1/packages', record('A.pkg'))).status).toBe(403);
  });

  it('has the faults of a server that is away, starting, or behind a firewall', async () => {
    const bearer = await token();
    jamf.knobs.down = 1;
    expect((await api(bearer, 'GET', '/api/v1/packages')).status).toBe(502);
    jamf.knobs.maintenance = true;
    expect((await api(bearer, 'GET', '/api/v1/packages')).status).toBe(503);
    jamf.knobs.maintenance = false;
    jamf.knobs.edgeRefuses = true;
    const refused = await api(bearer, 'POST', '/api/v1/packages', record('A.pkg'));
    expect([refused.status, refused.headers.get('server')]).toEqual([403, 'CloudFront']);
    jamf.knobs.edgeRefuses = false;
    jamf.knobs.dropAfterWrite = true;
    await expect(api(bearer, 'POST', '/api/v1/packages', record('A.pkg'))).rejects.toThrow('fetch failed');
    expect(jamf.records).toMatchObject([{ fileName: 'A.pkg' }]);
  });
});
