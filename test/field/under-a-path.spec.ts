import { isLeftOut, type Service, startNginx } from '../support/services.js';
import { TestServer } from '../support/test-server.js';

interface Way {
  readonly name: string;
  /** What nginx does with the path. */
  readonly location: (port: number) => string;
  readonly settings: Record<string, string>;
  /** Nothing says so but the server's own URL. */
  readonly byOwnUrl?: boolean;
}

const ways: readonly Way[] = [
  {
    name: 'by BASE_PATH, with a proxy that leaves the path on',
    location: (port) => `location /ods/ { proxy_pass http://127.0.0.1:${port}; proxy_set_header Host $http_host; }`,
    settings: { BASE_PATH: '/ods' },
  },
  {
    name: 'by BASE_PATH, with a proxy that takes it off',
    location: (port) => `location /ods/ { proxy_pass http://127.0.0.1:${port}/; proxy_set_header Host $http_host; }`,
    settings: { BASE_PATH: '/ods/' },
  },
  {
    name: 'by X-Forwarded-Prefix of a trusted proxy',
    location: (port) =>
      `location /ods/ { proxy_pass http://127.0.0.1:${port}/; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Prefix /ods; }`,
    settings: { TRUST_PROXY: 'true' },
  },
  {
    name: 'by nothing but its own URL',
    location: (port) => `location /ods/ { proxy_pass http://127.0.0.1:${port}/; proxy_set_header Host $http_host; }`,
    settings: {},
    byOwnUrl: true,
  },
];

(isLeftOut('nginx') ? describe.skip : describe).each(ways)('served under a path $name', ({ location, settings, byOwnUrl }) => {
  let server: TestServer;
  let peer: TestServer;
  let nginx: Service;
  let base: string;
  let token: string;
  beforeAll(async () => {
    [server, peer] = [await TestServer.start('field-path', settings), await TestServer.start('field-path-peer')];
    nginx = await startNginx((port: number) => `server { listen 127.0.0.1:${port}; client_max_body_size 0; ${location(server.port)} }`);
    base = `${nginx.url}/ods`;
    token = await server.login();
    await setUrl(server, byOwnUrl ? base : server.url); // which alone says nothing of a path
    await setUrl(peer, peer.url);
  });
  afterAll(async () => {
    await nginx?.dispose();
    await server?.dispose();
    await peer?.dispose();
  });

  const setUrl = (at: TestServer, url: string) =>
    at.ok('POST', '/api/admin/about/update', { name: at.name, url, stage: 'Prod', firewalled_mode: 'Disabled' });
  const page = (path: string): Promise<Response> => fetch(base + path, { headers: { accept: 'text/html' } });

  it('gives the console with all that belongs to it, on every page of it', async () => {
    for (const path of ['/', '/packages/NoMAD.pkg', '/sign-in']) {
      const html = await (await page(path)).text();
      const href = /<base href="([^"]+)"/.exec(html)?.[1];
      expect([path, href]).toEqual([path, '/ods/']);
      const scripts = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, file]) => file!);
      expect(scripts.length).toBeGreaterThan(0);
      for (const script of scripts) {
        const answer = await fetch(new URL(script, new URL(href!, base)));
        expect([script, answer.status, answer.headers.get('content-type')]).toEqual([script, 200, expect.stringMatching(/javascript|css/)]);
      }
    }
  });

  it('keeps the sign-in cookie to its path', async () => {
    const answer = await fetch(`${base}/api/admin/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: 'tests-only-passphrase-7' }),
    });
    expect(answer.headers.get('set-cookie')).toContain('Path=/ods/api/admin/auth');
  });

  it('takes resumable uploads at the address that it gives', async () => {
    const headers = { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' };
    const url = `${base}/api/admin/upload/resumable`;
    const metadata = `filename ${Buffer.from('t.pkg').toString('base64')}`;
    const begun = await fetch(url, { method: 'POST', headers: { ...headers, 'upload-length': '1', 'upload-metadata': metadata } });
    const location = new URL(begun.headers.get('location')!, url);
    expect([begun.status, location.pathname]).toEqual([201, expect.stringMatching(/^\/ods\/api\/admin\/upload\/resumable\/[0-9a-f]{32}$/)]);
    const sent = await fetch(location, {
      method: 'PATCH',
      headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
      body: 'x',
    });
    expect(sent.status).toBe(204);
    expect(await (await fetch(`${base}/share/t.pkg`)).text()).toBe('x');
  });

  it('describes its API where it is', async () => {
    const docs = await (await page('/api/docs')).text();
    for (const [, file] of docs.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect([file, (await fetch(new URL(file!, `${base}/api/docs`))).status]).toEqual([file, 200]);
    }
    const document = (await (await fetch(`${base}/api/openapi.json`)).json()) as { servers: { url: string }[] };
    expect(document.servers).toEqual([{ url: '/ods' }]);
  });

  it('is a peer of others there', async () => {
    await setUrl(server, base);
    const { iss, key } = await server.ok<{ iss: string; key: string }>('GET', '/api/admin/about');
    await peer.ok('POST', '/api/admin/register', { url: base, iss_id: iss, key });
    const content = Buffer.alloc(3 * 2 ** 20, 9);
    await server.upload('from-under.pkg', content);
    expect((await peer.downloaded('from-under.pkg')).equals(content)).toBe(true);
    await peer.upload('to-under.pkg', content);
    expect((await server.downloaded('to-under.pkg')).equals(content)).toBe(true);
  });

  it('also answers without the path, for whoever calls it directly', async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.url}/share/t.pkg`)).status).toBe(200);
    expect((await fetch(`${server.url}/other/api/admin/about`)).status).toBe(404);
  });
});
