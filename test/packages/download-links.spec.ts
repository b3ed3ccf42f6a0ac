import { readFileSync } from 'node:fs';
import path from 'node:path';
import { linkPath } from '#libs/downloads/access/download-link.js';
import type { Config } from '#libs/platform/config/config.js';
import { derivedKey } from '#libs/platform/crypto/derived-key.js';
import { sha256Hex } from '#libs/platform/crypto/digest.js';
import { forEachDatabase } from '../support/databases.js';
import { eventually } from '../support/eventually.js';
import { nginxConfig } from '../support/nginx-template.js';
import { isLeftOut, scratchDir, type Service, startNginx } from '../support/services.js';
import { TestCluster } from '../support/test-cluster.js';
import { TestServer } from '../support/test-server.js';
import { type Download, Downloader } from './download-suite.js';

const SECRET_KEY = 'a secret key of the tests, long enough';
const content = 'the bytes of a package';
const plain = ['/share/NoMAD.pkg', '/share/Packages/NoMAD.pkg', '/Packages/NoMAD.pkg', '/share/none.pkg'];

interface Link {
  readonly path: string;
  readonly url: string | null;
  readonly expires_ts: number;
  readonly sha256: string;
}

const problemOf = ({ status, headers, body }: Download): unknown[] => [
  status,
  headers['content-type'],
  (JSON.parse(body.toString()) as { type: string }).type,
];
const refused = (code: string): unknown[] => [403, expect.stringMatching(/^application\/problem\+json/), `urn:ods:problem:${code}`];

/** What holds whoever sends the bytes. */
function linkSuite(open: () => Promise<{ server: TestServer; port: number }>): void {
  let server: TestServer;
  let downloader: Downloader;
  let link: Link;
  const get: Downloader['get'] = (...call) => downloader.get(...call);
  const makeLink = (name: string, body: object = {}): Promise<Link> => server.ok('POST', `/api/admin/packages/${name}/links`, body);
  const requireLinks = (isRequired: boolean): Promise<unknown> => server.ok('PATCH', '/api/admin/downloads', { link_required: isRequired });

  beforeAll(async () => {
    const opened = await open();
    server = opened.server;
    downloader = new Downloader(opened.port);
    await server.upload('NoMAD.pkg', content);
    await server.upload('other.pkg', 'other bytes');
    link = await makeLink('NoMAD.pkg', { expires_in_seconds: 3_600 });
  });

  it('leaves the share open until an administrator says otherwise', async () => {
    expect(await server.ok('GET', '/api/admin/downloads')).toEqual({ link_required: false });
    expect((await get('/share/NoMAD.pkg')).body.toString()).toBe(content);
    expect((await get('/share/NoMAD.pkg?expires=1&other=x')).status).toBe(200);
  });

  it('is made for a package, with an end and the content that it opens', () => {
    expect(link.path).toMatch(/^\/share\/NoMAD\.pkg\?expires=\d{10}&signature=[\w-]{43}$/);
    expect(Math.abs(link.expires_ts - 3_600 - Date.now() / 1_000)).toBeLessThan(600);
    expect(link.sha256).toBe(sha256Hex(content));
  });

  it('is judged where it is shown, although none is needed', async () => {
    expect((await get(link.path)).body.toString()).toBe(content);
    expect(problemOf(await get(`${link.path}x`))).toEqual(refused('download-link-invalid'));
  });

  it('is needed by everybody once an administrator says so, whichever way they ask', async () => {
    await requireLinks(true);
    for (const target of plain) expect(problemOf(await get(target))).toEqual(refused('download-link-needed'));
    expect((await get('/share/NoMAD.pkg', {}, 'HEAD')).status).toBe(403);
    expect((await get('/share/NoMAD.pkg', { range: 'bytes=0-3' })).status).toBe(403);
    const { headers } = await get(link.path);
    const conditional = await get('/share/NoMAD.pkg', { 'if-none-match': headers.etag! });
    expect([conditional.status, conditional.headers.etag]).toEqual([403, undefined]);
    expect((await get('/share')).status).toBe(200); // a place, and no package
  });

  it('opens the package as a download is answered: HEAD, ranges, conditions', async () => {
    const whole = await get(link.path);
    expect([whole.status, whole.body.toString()]).toEqual([200, content]);
    const head = await get(link.path, {}, 'HEAD');
    expect([head.status, head.headers['content-length']]).toEqual([200, String(content.length)]);
    const part = await get(link.path, { range: 'bytes=4-8' });
    expect([part.status, part.body.toString()]).toEqual([206, content.slice(4, 9)]);
    const rest = await get(link.path, { range: 'bytes=4-', 'if-range': whole.headers.etag! });
    expect([rest.status, rest.body.toString()]).toEqual([206, content.slice(4)]);
    expect((await get(link.path, { 'if-none-match': whole.headers.etag! })).status).toBe(304);
    expect((await get(link.path.replace('/share/', '/share/Packages/'))).status).toBe(200);
    expect((await get(link.path.replace('NoMAD', 'NOMAD'))).status).toBe(200); // names have no case
  });

  it('opens nothing else, nor longer', async () => {
    for (const target of [
      link.path.replace('NoMAD', 'other'),
      link.path.replace('NoMAD', 'none'),
      link.path.replace(/expires=\d/, 'expires=9'),
      link.path.replace(/expires=\d+&/, ''),
      `${link.path}&expires=9999999999`,
    ])
      expect(problemOf(await get(target))).toEqual(refused('download-link-invalid'));
  });

  it('ends when it says so', async () => {
    const { iss } = await server.ok<{ iss: string }>('GET', '/api/admin/about');
    const config = { get: () => SECRET_KEY } as unknown as Config;
    const key = derivedKey(config, `download link of ${iss}`);
    const bytes = { filename: 'NoMAD.pkg', sha256: sha256Hex(content) };
    const now = Math.floor(Date.now() / 1_000);
    expect((await get(linkPath(key, bytes, now + 600))).status).toBe(200);
    expect(problemOf(await get(linkPath(key, bytes, now - 1)))).toEqual(refused('download-link-expired'));
    expect(problemOf(await get(linkPath(derivedKey(config, 'download link of another'), bytes, now + 600)))).toEqual(
      refused('download-link-invalid'),
    );
  });

  it('opens nothing once the package is replaced', async () => {
    const before = await makeLink('other.pkg');
    await server.upload('other.pkg', 'newer bytes', { replace: 'true' });
    expect(problemOf(await get(before.path))).toEqual(refused('download-link-invalid'));
    expect((await get((await makeLink('other.pkg')).path)).body.toString()).toBe('newer bytes');
  });

  it('is made of nothing that is not served here', async () => {
    await server.upload('dev.pkg', 'dev', { stage: 'Dev' }); // this is a Prod server
    const { status, body } = await server.api('POST', '/api/admin/packages/dev.pkg/links', {});
    expect([status, body['type']]).toEqual([409, 'urn:ods:problem:package-not-served']);
    for (const seconds of [59, 31_622_401, 0.5, '60', null])
      expect((await server.api('POST', '/api/admin/packages/NoMAD.pkg/links', { expires_in_seconds: seconds })).status).toBe(400);
  });

  it('stands in the audit trail, without what opens the package', async () => {
    const text = JSON.stringify(await server.ok('GET', '/api/admin/audit?limit=200'));
    expect(text).toMatch(/"action":"package\.link_created","subject":"NoMAD\.pkg"/);
    expect(text).toMatch(/"action":"downloads\.updated"/);
    const signature = /signature=([\w-]+)/.exec(link.path)![1]!;
    expect(text).not.toContain(signature);
    expect(server.logs).not.toContain(signature);
  });

  it('is needed no more once an administrator says so', async () => {
    await requireLinks(false);
    expect((await get('/share/NoMAD.pkg')).body.toString()).toBe(content);
    expect((await get('/share/none.pkg')).status).toBe(404);
  });
}

forEachDatabase((database) => {
  describe('a link that expires', () => {
    let server: TestServer;
    linkSuite(async () => {
      server = await TestServer.start('links', { SECRET_KEY, DATABASE_URL: database.url });
      return { server, port: server.port };
    });
    afterAll(() => server.dispose());
  });
});

(isLeftOut('nginx') ? describe.skip : describe)('a link that expires, through nginx', () => {
  const dataDir = scratchDir('links-behind-nginx');
  const log = path.join(scratchDir('links-log'), 'access.log');
  let server: TestServer;
  let nginx: Service;
  linkSuite(async () => {
    server = await TestServer.start('links-behind-nginx', {
      ...{ SECRET_KEY, DATA_DIR: dataDir, ACCEL_REDIRECT_PREFIX: '/_content', TRUST_PROXY: true },
    });
    nginx = await startNginx((port: number) =>
      nginxConfig({
        ...{ NGINX_PORT: port, ODS_SERVERS: `server 127.0.0.1:${server.port};`, ODS_CONTENT_DIR: path.join(dataDir, 'content') },
        ODS_ACCESS_LOG: `${log} ods`,
      }),
    );
    return { server, port: nginx.port };
  });
  afterAll(async () => {
    await nginx.dispose();
    await server.dispose();
  });

  it('is not in the log of nginx, which names the package', async () => {
    await eventually(() => expect(readFileSync(log, 'utf8')).toContain('"GET /share/NoMAD.pkg HTTP/1.1" 206 5 '));
    expect(readFileSync(log, 'utf8')).not.toMatch(/signature|_content/);
  });
});

describe('two servers of which one needs links', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.start(['closed', 'open']);
    await cluster.register(cluster.at(0), cluster.at(1));
    await cluster.at(0).ok('PATCH', '/api/admin/downloads', { link_required: true });
  });
  afterAll(() => cluster.dispose());

  it('fetch from each other as ever, and each decides for its own share', async () => {
    const [closed, open] = [cluster.at(0), cluster.at(1)];
    await closed.upload('travels.pkg', content);
    expect((await open.downloaded('travels.pkg')).toString()).toBe(content);
    await open.upload('back.pkg', content);
    await eventually(async () => expect((await closed.ok('GET', '/api/admin/packages/back.pkg'))['status']).toBe('Public'));
    expect((await fetch(`${closed.url}/share/back.pkg`)).status).toBe(403);
    const { path: below } = await closed.ok<Link>('POST', '/api/admin/packages/back.pkg/links', {});
    expect((await fetch(closed.url + below)).status).toBe(200);
    expect((await fetch(open.url + below)).status).toBe(403); // signed by another server
  });
});
