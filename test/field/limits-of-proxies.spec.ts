import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { isLeftOut, scratchDir, type Service, startNginx } from '../support/services.js';
import { nginxConfig } from '../support/nginx-template.js';
import { TestServer } from '../support/test-server.js';

const program = path.resolve(import.meta.dirname, '../../bin/ods');
const MB = 1_000_000;

async function ods(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; out: string; error: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], XDG_CONFIG_HOME: '/nonexistent', ...env },
  });
  child.stdin.end();
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, error };
}

(isLeftOut('nginx') ? describe.skip : describe)('proxies with limits', () => {
  let server: TestServer;
  let token: string;
  const proxies: Service[] = [];
  const cache = scratchDir('limits-cache');
  const folder = scratchDir('limits');

  beforeAll(async () => {
    server = await TestServer.start('field-limits', { DISK_RESERVE_BYTES: '1M' });
    ({ token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'ci', role: 'publisher' }));
  });
  afterAll(async () => {
    for (const proxy of proxies) await proxy.dispose();
    await server.dispose();
  });

  async function through(limits: string): Promise<Service> {
    const proxy = await startNginx(
      (port: number) => `server { listen 127.0.0.1:${port}; ${limits} location / { proxy_pass http://127.0.0.1:${server.port}; } }`,
    );
    proxies.push(proxy);
    return proxy;
  }
  function fileOf(name: string, bytes: number): { file: string; content: Buffer } {
    const content = randomBytes(bytes);
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return { file, content };
  }

  it.each([
    ['the default of an ingress, 1 MB', 'client_max_body_size 1m;', 5 * MB],
    ['the same for a file that is sent in pieces anyway', 'client_max_body_size 1m;', 20 * MB],
    ['10 MB, without buffering', 'client_max_body_size 10m; proxy_request_buffering off;', 33 * MB],
    ['300 KB', 'client_max_body_size 300k;', 2 * MB],
  ])('are found out by ods: %s', async (what, limits, bytes) => {
    const proxy = await through(limits);
    const { file, content } = fileOf(`${what.replace(/\W+/g, '-')}.pkg`, bytes);
    const { code, error } = await ods(['upload', file], { ODS_URL: proxy.url, ODS_TOKEN: token, XDG_CACHE_HOME: cache });
    expect([code, error]).toEqual([0, '']);
    expect((await server.downloaded(path.basename(file))).equals(content)).toBe(true);
  });

  it('or named by --chunk-size', async () => {
    const proxy = await through('client_max_body_size 2m;');
    const { file, content } = fileOf('chunks.pkg', 7 * MB);
    const env = { ODS_URL: proxy.url, ODS_TOKEN: token, XDG_CACHE_HOME: cache };
    expect(await ods(['upload', file, '--chunk-size', '1500K'], env)).toMatchObject({ code: 0, error: '' });
    expect((await server.downloaded('chunks.pkg')).equals(content)).toBe(true);
    for (const size of ['1', 'many', '-5M', '5X', '']) {
      expect(await ods(['upload', file, '--chunk-size', size], env)).toMatchObject({
        code: 2,
        error: expect.stringContaining('--chunk-size'),
      });
    }
  });

  it('while a refusal of the server itself stays one', async () => {
    const small = await TestServer.start('field-small', { MAX_UPLOAD_BYTES: '1M' });
    const made = await small.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'ci', role: 'publisher' });
    const { file } = fileOf('too-large.pkg', 2 * MB);
    for (const args of [[], ['--chunk-size', '64K']]) {
      const said = await ods(['upload', file, ...args], { ODS_URL: small.url, ODS_TOKEN: made.token, XDG_CACHE_HOME: cache });
      expect(said).toMatchObject({ code: 1, error: expect.stringContaining('MAX_UPLOAD_BYTES') });
    }
    await small.dispose();
  });

  it('let servers push many changes in smaller pieces', async () => {
    const proxy = await through('client_max_body_size 24k;');
    const other = await TestServer.start('field-other');
    const [first, second] = [server, other];
    await first.ok('POST', '/api/admin/about/update', { name: 'behind', url: proxy.url, stage: 'Prod', firewalled_mode: 'Disabled' });
    await second.ok('POST', '/api/admin/about/update', { name: 'other', url: second.url, stage: 'Prod', firewalled_mode: 'Disabled' });
    const { iss, key } = await first.ok<{ iss: string; key: string }>('GET', '/api/admin/about');
    const notes = 'n'.repeat(1_900);
    for (let index = 0; index < 30; index += 1) await second.upload(`many-${index}.pkg`, `content ${index}`, { notes });
    await second.ok('POST', '/api/admin/register', { url: proxy.url, iss_id: iss, key });
    for (let index = 0; index < 30; index += 1) await first.downloaded(`many-${index}.pkg`);
    // What comes later is pushed, page by page.
    for (let index = 30; index < 40; index += 1) await second.upload(`many-${index}.pkg`, `content ${index}`, { notes });
    for (let index = 30; index < 40; index += 1) await first.downloaded(`many-${index}.pkg`);
    const peers = await second.ok<{ items: { status: string; last_error: string | null }[] }>('GET', '/api/admin/registered_ods');
    expect(peers.items.map(({ status }) => status)).toEqual(['connected']);
    await other.dispose();
  });

  it('take the longest notes there may be, through the template that is shipped', async () => {
    const accel = await TestServer.start('field-template', { TRUST_PROXY: true, ACCEL_REDIRECT_PREFIX: '/_content' });
    const proxy = await startNginx((port: number) =>
      nginxConfig({
        NGINX_PORT: port,
        ODS_SERVERS: `server 127.0.0.1:${accel.port};`,
        ODS_CONTENT_DIR: path.join(accel.dataDir, 'content'),
      }),
    );
    proxies.push(proxy);
    const login = await accel.login();
    for (const [index, notes] of ['a'.repeat(2_000), 'é'.repeat(2_000), '語'.repeat(2_000), '🎉'.repeat(1_000)].entries()) {
      const metadata = Object.entries({ filename: `n${index}.pkg`, notes }).map(
        ([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`,
      );
      const headers = { authorization: `Bearer ${login}`, 'tus-resumable': '1.0.0' };
      const begun = await fetch(`${proxy.url}/api/admin/upload/resumable`, {
        method: 'POST',
        headers: { ...headers, 'upload-length': '1', 'upload-metadata': metadata.join(',') },
      });
      expect([index, begun.status]).toEqual([index, 201]);
      const location = new URL(begun.headers.get('location')!, proxy.url);
      const asked = await fetch(location, { method: 'HEAD', headers });
      // tus asks for it back; what is short comes back, and no header grows with the text of a user.
      expect([asked.status, asked.headers.get('upload-metadata')]).toEqual([200, metadata[0]]);
      const sent = await fetch(location, {
        method: 'PATCH',
        headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
        body: 'x',
      });
      expect(sent.status).toBe(204);
      const total = [...sent.headers].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
      expect(total).toBeLessThan(2_000);
      expect((await accel.ok<{ notes: string }>('GET', `/api/admin/packages/n${index}.pkg`)).notes).toBe(notes);
    }
    const file = readFileSync(path.resolve(import.meta.dirname, '../../deploy/kubernetes/ods.conf.template'), 'utf8');
    expect(file).toBe(readFileSync(path.resolve(import.meta.dirname, '../../docker/nginx/ods.conf.template'), 'utf8'));
    await accel.dispose();
  });
});
