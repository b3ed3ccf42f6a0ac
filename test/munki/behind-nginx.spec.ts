import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nginxConfig } from '../support/nginx-template.js';
import { isLeftOut, scratchDir, type Service, startNginx } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { pkginfo } from './repository.js';

(isLeftOut('nginx') ? describe.skip : describe)('a Munki repository behind nginx', () => {
  const dataDir = scratchDir('munki-nginx');
  const scratch = mkdtempSync(path.join(tmpdir(), 'ods-munki-curl-'));
  let server: TestServer;
  let nginx: Service;
  let token: string;
  beforeAll(async () => {
    server = await TestServer.start('munki-nginx', { DATA_DIR: dataDir, ACCEL_REDIRECT_PREFIX: '/_content', TRUST_PROXY: true });
    nginx = await startNginx((port: number) =>
      nginxConfig({ NGINX_PORT: port, ODS_SERVERS: `server 127.0.0.1:${server.port};`, ODS_CONTENT_DIR: path.join(dataDir, 'content') }),
    );
    ({ token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'curl', role: 'publisher' }));
  });
  afterAll(async () => {
    await nginx?.dispose();
    await server?.dispose();
    rmSync(scratch, { recursive: true, force: true });
  });

  const curl = (...words: string[]): string => execFileSync('curl', ['-sS', ...words]).toString();
  const at = (place: string): string => `http://127.0.0.1:${nginx.port}${place}`;
  /** As docs/munki.md says. */
  function send(name: string, content: string | Buffer): string {
    const file = path.join(scratch, 'sent');
    writeFileSync(file, content);
    const words = ['-H', `Authorization: Bearer ${token}`, '-o', '/dev/null', '-w', '%{http_code}', '-T', file];
    return curl(...words, at(`/api/admin/munki/files/${encodeURIComponent(name)}`));
  }

  it('takes files from curl, also larger ones than other calls may send, and gives them with what Munki asks for', () => {
    const bytes = Buffer.alloc(3_000_000, 'installer');
    expect(send('pkgs/apps/Äpp 1.pkg', bytes)).toBe('201');
    expect(send('pkgsinfo/App.plist', pkginfo('App', '1', bytes, { installer_item_location: 'apps/Äpp 1.pkg' }))).toBe('201');
    expect(curl(at('/munki/catalogs/all'))).toContain('<string>App</string>');
    const place = at(`/munki/pkgs/apps/${encodeURIComponent('Äpp 1.pkg')}`);
    const file = path.join(scratch, 'got');
    curl('--etag-save', `${file}.etag`, '-r', '0-999999', '-o', file, place);
    curl('-C', '-', '-o', file, place);
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(curl('-o', '/dev/null', '-w', '%{http_code}', '--etag-compare', `${file}.etag`, place)).toBe('304');
    expect(curl('-I', '-w', '%{content_type}', '-o', '/dev/null', at('/munki/catalogs/all'))).toBe('application/xml');
  });

  it('takes what tools send through the API of MWA2, also where a path looks like that of another call', () => {
    const file = path.join(scratch, 'sent');
    writeFileSync(file, Buffer.alloc(5_000_000, 'installer'));
    const auth = ['-H', `Authorization: Basic ${Buffer.from(`x:${token}`).toString('base64')}`];
    const status = ['-o', '/dev/null', '-w', '%{http_code}'];
    for (const place of ['App.pkg', 'Packages/App.pkg', 'api/ods/App.pkg', 'api/App.pkg', 'munki/App.pkg']) {
      expect([place, curl(...auth, ...status, '-F', `filedata=@${file}`, at(`/munki_api/pkgs/${place}`))]).toEqual([place, '200']);
      expect([place, curl(...auth, ...status, '-T', file, at(`/munki_api/pkgs/${place}`))]).toEqual([place, '200']);
      expect([place, curl(...auth, at(`/munki_api/pkgs/${place}`), '-o', '/dev/null', '-w', '%{size_download}')]).toEqual([
        place,
        '5000000',
      ]);
    }
  });

  it('leaves the sending of files to nginx', async () => {
    const answer = await fetch(`${server.url}/munki/pkgs/apps/${encodeURIComponent('Äpp 1.pkg')}`);
    expect(answer.headers.get('x-accel-redirect')).toMatch(/^\/_content\/[0-9a-f]{32}$/);
  });
});
