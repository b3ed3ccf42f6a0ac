import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Child } from '../support/child.mjs';
import { isLeftOut, scratchDir, type Service, startApache, startHaproxy, startNginx } from '../support/services.js';
import { ADMIN, TestServer } from '../support/test-server.js';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/operations/behind-a-proxy.md'), 'utf8');

/** The configuration in the page, for a server on this port. */
function documented(language: string, serverPort: number): string {
  const block = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
  if (block === undefined) throw new Error(`behind-a-proxy.md has no block of ${language}.`);
  expect(block).toContain('127.0.0.1:8080');
  return block.replaceAll('127.0.0.1:8080', `127.0.0.1:${serverPort}`);
}

const proxies: readonly [name: string, start: (serverPort: number) => Promise<Service>][] = [
  ['nginx', (at) => startNginx((port) => `server { listen 127.0.0.1:${port};\n${documented('nginx', at)} }`)],
  ['apache', (at) => startApache(['proxy', 'proxy_http', 'headers'], documented('apache', at))],
  [
    'haproxy',
    (at) =>
      startHaproxy((port) => {
        const bind = `bind 127.0.0.1:${port}`;
        const withoutTls = documented('haproxy', at).replace('bind :443 ssl crt /etc/haproxy/ods.pem', bind);
        expect(withoutTls).toContain(bind);
        return withoutTls;
      }),
  ],
];

/** The longest notes that are allowed, in a script of three bytes a character. */
const longNotes = '版'.repeat(2_000);
const content = randomBytes(3_000_000);

for (const [name, startProxy] of proxies) {
  (isLeftOut(name) ? describe.skip : describe)(`${name} as docs/operations/behind-a-proxy.md sets it up`, () => {
    let server: TestServer;
    let peer: TestServer;
    let proxy: Service;
    let base: string;
    let token: string;

    beforeAll(async () => {
      [server, peer] = await Promise.all([TestServer.start('field-other', { TRUST_PROXY: true }), TestServer.start('field-other-peer')]);
      proxy = await startProxy(server.port);
      base = `${proxy.url}/ods`;
      ({ token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'field', role: 'publisher' }));
    });
    afterAll(async () => {
      await proxy?.dispose();
      await server?.dispose();
      await peer?.dispose();
    });

    const send = (method: string, at: string, more: { headers?: Record<string, string>; body?: RequestInit['body'] } = {}) =>
      fetch(base + at, { method, ...more, headers: { authorization: `Bearer ${token}`, ...more.headers } });

    it.each(['plain.pkg', '100%25.pkg', 'a+b & c;d=1.pkg', 'Büro 版 (arm64).pkg', '#1!.pkg'])(
      'takes %s, serves it whole and in part, and takes its deletion',
      async (filename) => {
        const encoded = encodeURIComponent(filename);
        const put = await send('PUT', `/api/admin/packages/${encoded}/content`, { body: content });
        expect([put.status, await put.json()]).toEqual([201, expect.objectContaining({ filename })]);
        for (const folder of ['/share', '/share/Packages', '/Packages']) {
          const whole = await fetch(`${base}${folder}/${encoded}`);
          expect([folder, whole.status, Buffer.from(await whole.arrayBuffer()).equals(content)]).toEqual([folder, 200, true]);
        }
        const part = await fetch(`${base}/share/${encoded}`, { headers: { range: 'bytes=1000-1999' } });
        expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 1000-1999/3000000']);
        expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(1_000, 2_000))).toBe(true);
        const same = await fetch(`${base}/share/${encoded}`, { headers: { 'if-none-match': part.headers.get('etag')! } });
        expect(same.status).toBe(304);
        expect((await send('DELETE', `/api/admin/packages/${encoded}`)).status).toBeLessThan(300);
        expect((await fetch(`${base}/share/${encoded}`)).status).toBe(404);
      },
    );

    it('passes a resumable upload with the longest notes on, and its changes', async () => {
      const base64 = (text: string): string => Buffer.from(text).toString('base64');
      const tus = { 'tus-resumable': '1.0.0' };
      const begun = await send('POST', '/api/admin/upload/resumable', {
        headers: { ...tus, 'upload-length': '3', 'upload-metadata': `filename ${base64('notes.pkg')},notes ${base64(longNotes)}` },
      });
      const location = new URL(begun.headers.get('location')!, `${base}/`);
      expect([begun.status, location.pathname]).toEqual([201, expect.stringMatching(/^\/ods\/api\//)]);
      const headers = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
      expect((await send('PATCH', location.pathname.replace('/ods', ''), { headers, body: 'abc' })).status).toBe(204);
      const listed = await send('GET', '/api/admin/packages/notes.pkg');
      expect(await listed.json()).toMatchObject({ notes: longNotes });
      const changed = await send('PATCH', '/api/admin/packages/notes.pkg', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ stage: 'Test' }),
      });
      expect(changed.status).toBe(200);
    });

    it('passes live events on while they happen', async () => {
      const abort = new AbortController();
      const stream = await send('GET', '/api/admin/events', { headers: { accept: 'text/event-stream' }, ...{ signal: abort.signal } });
      expect([stream.status, stream.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/event-stream/)]);
      const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
      await send('PUT', '/api/admin/packages/live.pkg/content', { body: 'now' });
      let seen = '';
      while (!seen.includes('live.pkg')) {
        const { done, value } = await reader.read();
        expect([done, seen]).toEqual([false, seen]);
        seen += value;
      }
      abort.abort();
    });

    it('leaves errors as they are', async () => {
      const missing = await send('GET', '/api/admin/packages/none.pkg');
      expect([missing.status, missing.headers.get('content-type')]).toEqual([404, expect.stringMatching(/^application\/problem\+json/)]);
    });

    it('passes on the path, for the console and the cookie, and whether TLS is used', async () => {
      expect(await (await fetch(`${base}/`, { headers: { accept: 'text/html' } })).text()).toContain('<base href="/ods/"');
      const login = await fetch(`${base}/api/admin/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(ADMIN),
      });
      const cookie = login.headers.get('set-cookie')!;
      expect(cookie).toContain('Path=/ods/api/admin/auth');
      // The page's HAProxy speaks TLS alone, and says https.
      expect(cookie.includes('Secure')).toBe(name === 'haproxy');
    });

    it('takes a large file from ods', async () => {
      const folder = scratchDir('other-proxies');
      const file = path.join(folder, 'large.pkg');
      const large = randomBytes(40_000_000);
      writeFileSync(file, large);
      const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder, ODS_URL: base, ODS_TOKEN: token };
      const child = new Child(process.execPath, [path.join(root, 'bin/ods'), 'upload', file], { env });
      expect([await child.exited, child.output]).toEqual([expect.objectContaining({ code: 0 }), child.output]);
      expect((await server.downloaded('large.pkg')).equals(large)).toBe(true);
    });

    it('stands between servers', async () => {
      for (const [each, url] of [
        [server, base],
        [peer, peer.url],
      ] as const)
        await each.ok('POST', '/api/admin/about/update', { name: each.name, url, stage: 'Prod', firewalled_mode: 'Disabled' });
      const { iss, key } = await server.ok<{ iss: string; key: string }>('GET', '/api/admin/about');
      await peer.ok('POST', '/api/admin/register', { url: base, iss_id: iss, key });
      await server.upload('100%25 out.pkg', content);
      expect((await peer.downloaded('100%25 out.pkg')).equals(content)).toBe(true);
      await peer.upload('in.pkg', content);
      expect((await server.downloaded('in.pkg')).equals(content)).toBe(true);
    });
  });
}
