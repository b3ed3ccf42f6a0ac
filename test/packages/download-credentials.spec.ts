import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { forEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { nginxConfig } from '../support/nginx-template.js';
import { findCommand } from '../support/programs.mjs';
import { isLeftOut, type Service, startNginx } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { Downloader } from './download-suite.js';

const run = promisify(execFile);
const content = 'the bytes of a package';

interface Credential {
  readonly id: number;
  readonly name: string;
  readonly username: string;
  readonly secret: string;
  readonly last_used_ts: number | null;
}

const basic = ({ username, secret }: Pick<Credential, 'username' | 'secret'>): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`,
});

/** What holds whoever sends the bytes. */
function credentialSuite(open: () => Promise<{ server: TestServer; port: number }>): void {
  let server: TestServer;
  let downloader: Downloader;
  let jamf: Credential;
  const get: Downloader['get'] = (...call) => downloader.get(...call);
  const create = (body: object) => server.api<Credential>('POST', '/api/admin/downloads/credentials', body);
  const list = async (): Promise<Credential[]> =>
    (await server.ok<{ items: Credential[] }>('GET', '/api/admin/downloads/credentials')).items;

  beforeAll(async () => {
    const opened = await open();
    server = opened.server;
    downloader = new Downloader(opened.port);
    await server.upload('NoMAD.pkg', content);
  });

  it('is made with a secret that is shown once', async () => {
    const made = await create({ name: 'Jamf Pro, Berlin', username: 'jamf-berlin' });
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({ name: 'Jamf Pro, Berlin', username: 'jamf-berlin', last_used_ts: null }),
    ]);
    expect(made.body.secret).toMatch(/^[\w-]{32}$/);
    jamf = made.body;
    const text = JSON.stringify([await list(), await server.ok('GET', '/api/admin/audit?limit=200')]);
    expect(text).toContain('downloads.credential_created');
    expect(text).not.toContain(jamf.secret);
    expect(text).not.toContain('secret_sha256');
    expect((await create({ name: 'another' })).body.username).toMatch(/^ods-[0-9a-f]{8}$/);
  });

  it.each([
    [{}, 400],
    [{ name: '' }, 400],
    [{ name: 'a\u0000b' }, 400],
    [{ name: 'x', username: 'with:colon' }, 400],
    [{ name: 'x', username: 'ü' }, 400],
    [{ name: 'x', username: 'jamf-berlin' }, 409],
    [{ name: 'x', secret: 'mine' }, 400],
  ])('is not made of %j', async (body, status) => {
    expect((await create(body)).status).toBe(status);
  });

  it('is not looked at while downloads are open', async () => {
    for (const headers of [{}, basic(jamf), basic({ username: 'jamf-berlin', secret: 'wrong' })])
      expect((await get('/share/NoMAD.pkg', headers)).body.toString()).toBe(content);
  });

  it('is asked for once downloads are restricted, and opens them', async () => {
    await server.ok('PATCH', '/api/admin/downloads', { link_required: true });
    for (const target of ['/share/NoMAD.pkg', '/Packages/NoMAD.pkg', '/share/none.pkg']) {
      const { status, headers, body } = await get(target);
      expect([status, headers['www-authenticate']]).toEqual([401, 'Basic realm="ODS", charset="UTF-8"']);
      expect(body.toString()).toContain('download-credential-needed');
    }
    const whole = await get('/share/NoMAD.pkg', basic(jamf));
    expect([whole.status, whole.body.toString()]).toEqual([200, content]);
    const part = await get('/share/Packages/NoMAD.pkg', { ...basic(jamf), range: 'bytes=4-8' });
    expect([part.status, part.body.toString()]).toEqual([206, content.slice(4, 9)]);
    expect((await get('/share/NoMAD.pkg', basic(jamf), 'HEAD')).headers['content-length']).toBe(String(content.length));
    expect((await get('/share/NoMAD.pkg', { ...basic(jamf), 'if-none-match': whole.headers.etag! })).status).toBe(304);
    expect((await get('/share/none.pkg', basic(jamf))).status).toBe(404);
    await eventually(async () => expect((await list())[0]!.last_used_ts).not.toBeNull());
  });

  it('is refused when it is not right, with no difference between names', async () => {
    const wrong = [
      { username: 'jamf-berlin', secret: 'wrong' },
      { username: 'unknown', secret: jamf.secret },
      { username: '', secret: '' },
      { username: 'JAMF-BERLIN', secret: jamf.secret },
    ];
    const answers = await Promise.all(wrong.map((each) => get('/share/NoMAD.pkg', basic(each))));
    const texts = answers.map(({ status, body }) => {
      const { type, detail } = JSON.parse(body.toString()) as { type: string; detail: string };
      return JSON.stringify([status, type, detail]);
    });
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('download-credential-refused');
    expect((await get('/share/NoMAD.pkg', { authorization: `Bearer ${await server.login()}` })).status).toBe(401);
  });

  it('works with curl and wget', async () => {
    const url = `http://127.0.0.1:${downloader.port}/share/NoMAD.pkg`;
    expect((await run('curl', ['-fsS', '-u', `${jamf.username}:${jamf.secret}`, url])).stdout).toBe(content);
    if (findCommand('wget') === null) return;
    const given = [`--user=${jamf.username}`, `--password=${jamf.secret}`]; // sent after the challenge
    expect((await run('wget', ['-q', '-O', '-', ...given, url])).stdout).toBe(content);
  });

  it('is replaced by the next one without a gap, and ends at once when it is revoked', async () => {
    const next = (await create({ name: 'Jamf Pro, Berlin, new' })).body;
    for (const each of [jamf, next]) expect((await get('/share/NoMAD.pkg', basic(each))).status).toBe(200);
    expect((await server.api('DELETE', `/api/admin/downloads/credentials/${jamf.id}`)).status).toBe(204);
    expect((await get('/share/NoMAD.pkg', basic(jamf))).status).toBe(401);
    expect((await get('/share/NoMAD.pkg', basic(next))).status).toBe(200);
    expect((await server.api('DELETE', `/api/admin/downloads/credentials/${jamf.id}`)).status).toBe(404);
    await server.restart();
    expect((await get('/share/NoMAD.pkg', basic(next))).status).toBe(200);
    expect((await get('/share/NoMAD.pkg', basic(jamf))).status).toBe(401);
    expect(server.logs).not.toContain(next.secret);
  });

  it('is one of at most fifty', async () => {
    let made = 0;
    for (; (await create({ name: `computer ${made}` })).status === 201; made += 1) if (made > 60) break;
    expect([(await list()).length, (await create({ name: 'one more' })).body]).toEqual([
      50,
      expect.objectContaining({ type: 'urn:ods:problem:download-credentials-too-many' }),
    ]);
  });

  it('is a link where there is no credential', async () => {
    for (const { id } of await list()) await server.ok('DELETE', `/api/admin/downloads/credentials/${id}`);
    expect((await get('/share/NoMAD.pkg')).status).toBe(403);
  });
}

forEachDatabase((database) => {
  describe('a credential for downloads', () => {
    let server: TestServer;
    credentialSuite(async () => {
      server = await TestServer.start('credentials', { DATABASE_URL: database.url });
      return { server, port: server.port };
    });
    afterAll(() => server.dispose());
  });
});

(isLeftOut('nginx') ? describe.skip : describe)('a credential for downloads, through nginx', () => {
  let server: TestServer;
  let nginx: Service;
  credentialSuite(async () => {
    server = await TestServer.start('credentials-nginx', { ACCEL_REDIRECT_PREFIX: '/_content', TRUST_PROXY: true });
    nginx = await startNginx((port: number) =>
      nginxConfig({
        ...{ NGINX_PORT: port, ODS_SERVERS: `server 127.0.0.1:${server.port};` },
        ODS_CONTENT_DIR: path.join(server.dataDir, 'content'),
      }),
    );
    return { server, port: nginx.port };
  });
  afterAll(async () => {
    await nginx.dispose();
    await server.dispose();
  });
});
