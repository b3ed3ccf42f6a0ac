import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { Upload } from 'tus-js-client';
import { sha256 } from '../mesh/packages.js';
import { nginxConfig } from '../support/nginx-template.js';
import { isLeftOut, requireProgram } from '../support/programs.mjs';
import { freePort, scratchDir, type Service, startNginx } from '../support/services.js';
import { TestServer } from '../support/test-server.js';

const NAME = 'Büro App 1.2+3 (arm64).pkg';
const content = randomBytes(5 * 2 ** 20 + 123);

async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  input = '',
): Promise<{ code: number | null; out: string; error: string }> {
  const child = spawn(requireProgram(program), args, { cwd, env: { PATH: process.env['PATH'], HOME: cwd, LANG: 'C.UTF-8' } });
  child.stdin.end(input);
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, error };
}

/** A program that this run leaves out on request shows as skipped; one that is missing is a failure. */
const has = (program: string): typeof it => (isLeftOut(program) ? it.skip : it) as typeof it;

describe.each([['directly'], ['through the nginx template']] as const)('programs in the field, %s', (way) => {
  let server: TestServer;
  let nginx: Service | null = null;
  let base: string;
  let h2: string;
  let url: string;
  let token: string;
  let folder: string;
  let half: Buffer;

  beforeAll(async () => {
    const isDirect = way === 'directly';
    folder = scratchDir('clients');
    half = content.subarray(0, 2_000_000);
    server = await TestServer.start('field-clients', isDirect ? {} : { TRUST_PROXY: true, ACCEL_REDIRECT_PREFIX: '/_content' });
    if (!isDirect) {
      const template = (port: number) =>
        nginxConfig({
          NGINX_PORT: port,
          ODS_SERVERS: `server 127.0.0.1:${server.port};`,
          ODS_CONTENT_DIR: path.join(server.dataDir, 'content'),
        });
      const secondPort = await freePort();
      h2 = `http://127.0.0.1:${secondPort}`;
      // Older versions of nginx speak one or the other on a port without TLS.
      nginx = await startNginx((port: number) =>
        template(port).replace(`listen ${port};`, `listen ${port}; listen 127.0.0.1:${secondPort} http2;`),
      );
    }
    base = nginx?.url ?? server.url;
    h2 ??= base;
    token = (await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'field', role: 'publisher' })).token;
    await server.upload(NAME, content);
    url = `${base}/share/${encodeURIComponent(NAME)}`;
  });
  afterAll(async () => {
    await nginx?.dispose();
    await server?.dispose();
  });

  const fileOf = (name: string, bytes?: Buffer): string => {
    const file = path.join(folder, name);
    if (bytes) writeFileSync(file, bytes);
    return file;
  };
  /** As clients get it: with nginx in front the server itself sends no bytes. */
  const downloaded = async (name: string): Promise<Buffer> => Buffer.from(await (await fetch(`${base}/share/${name}`)).arrayBuffer());
  const expectWhole = (file: string): void => expect(sha256(readFileSync(file))).toBe(sha256(content));

  has('curl')('curl downloads, and resumes what is half there', async () => {
    const file = fileOf('curl.pkg', half);
    const { code, error } = await run('curl', ['-sS', '-f', '-C', '-', '-o', file, url], folder);
    expect([code, error]).toEqual([0, '']);
    expectWhole(file);
    // What is whole already: 416 is no failure for curl.
    expect((await run('curl', ['-sS', '-C', '-', '-o', file, url], folder)).code).toBe(0);
    expectWhole(file);
    const named = await run('curl', ['-sS', '-f', '-OJ', url], folder);
    expect([named.code, existsSync(path.join(folder, NAME)) || existsSync(path.join(folder, NAME.replace('ü', '_')))]).toEqual([0, true]);
  });

  has('curl')('curl asks whether there is something newer, by tag and by date', async () => {
    const tags = fileOf('etag.txt');
    expect((await run('curl', ['-sS', '-f', '--etag-save', tags, '-o', fileOf('first.pkg'), url], folder)).code).toBe(0);
    const again = await run('curl', ['-sS', '--etag-compare', tags, '-o', fileOf('second.pkg'), '-w', '%{http_code}', url], folder);
    expect(again.out).toBe('304');
    const dated = await run('curl', ['-sS', '-R', '-z', fileOf('first.pkg'), '-o', fileOf('third.pkg'), '-w', '%{http_code}', url], folder);
    expect(['304', '200']).toContain(dated.out);
  });

  has('curl')('curl uploads by form, and HTTP/2 makes no difference', async () => {
    const file = fileOf('form.pkg', content);
    const flags = way === 'directly' ? [] : ['--http2-prior-knowledge'];
    const args = [
      '-sS',
      ...flags,
      '-w',
      '\n%{http_version} %{http_code}',
      '-H',
      `Authorization: Bearer ${token}`,
      '-F',
      `file=@${file}`,
      `${h2}/api/admin/upload`,
    ];
    const { code, out, error } = await run('curl', args, folder);
    expect([code, error]).toEqual([0, '']);
    expect(out.split('\n').at(-1)).toBe(way === 'directly' ? '1.1 201' : '2 201');
    expect((await downloaded('form.pkg')).equals(content)).toBe(true);
    const down = await run('curl', ['-sS', ...flags, '-f', '-r', '1000-1999', '-o', fileOf('range.bin'), `${h2}/share/form.pkg`], folder);
    expect([down.code, readFileSync(fileOf('range.bin')).equals(content.subarray(1_000, 2_000))]).toEqual([0, true]);
  });

  has('wget')('wget resumes, and keeps dates', async () => {
    const file = fileOf('wget.pkg', half);
    const { code, error } = await run('wget', ['-nv', '-c', '-O', file, url], folder);
    expect([code, code === 0 ? '' : error]).toEqual([0, '']);
    expectWhole(file);
    expect((await run('wget', ['-nv', '-N', '-P', folder, url], folder)).code).toBe(0);
    expect((await run('wget', ['-nv', '-N', '-P', folder, url], folder)).code).toBe(0);
  });

  has('aria2c')('aria2c takes it over several connections, with a checksum', async () => {
    const args = ['-q', '-x', '4', '-s', '4', '-k', '1M', `--checksum=sha-256=${sha256(content)}`, '-d', folder, '-o', 'aria.pkg', url];
    expect((await run('aria2c', args, folder)).code).toBe(0);
    expectWhole(fileOf('aria.pkg'));
  });

  has('rclone')('rclone copies by its http remote', async () => {
    const { code, error } = await run('rclone', ['copyurl', url, fileOf('rclone.pkg')], folder);
    expect([code, code === 0 ? '' : error]).toEqual([0, '']);
    expectWhole(fileOf('rclone.pkg'));
    const remote = [
      'copyto',
      '--http-url',
      `${base}/share`,
      '--multi-thread-streams',
      '4',
      '--multi-thread-cutoff',
      '1M',
      `:http:${NAME}`,
      fileOf('remote.pkg'),
    ];
    const copied = await run('rclone', remote, folder);
    expect([copied.code, copied.code === 0 ? '' : copied.error]).toEqual([0, '']);
    expectWhole(fileOf('remote.pkg'));
  });

  has('python3')('python3 reads it with urllib, and sends the form with its standard library', async () => {
    const script = `
import sys, hashlib, json, urllib.request, uuid
url, base, token = sys.argv[1:4]
r = urllib.request.urlopen(urllib.request.Request(url, headers={"Range": "bytes=10-"}))
print(r.status, hashlib.sha256(r.read()).hexdigest())
b = uuid.uuid4().hex
body = ("--%s\\r\\nContent-Disposition: form-data; name=\\"stage\\"\\r\\n\\r\\nProd\\r\\n--%s\\r\\nContent-Disposition: form-data; name=\\"file\\"; filename=\\"python.pkg\\"\\r\\nContent-Type: application/octet-stream\\r\\n\\r\\n" % (b, b)).encode() + b"from python" + ("\\r\\n--%s--\\r\\n" % b).encode()
q = urllib.request.Request(base + "/api/admin/upload", data=body, headers={"Authorization": "Bearer " + token, "Content-Type": "multipart/form-data; boundary=" + b})
a = urllib.request.urlopen(q)
print(a.status, json.load(a)["filename"])
`;
    const { code, out, error } = await run('python3', ['-', url, base, token], folder, script);
    expect([code, error]).toEqual([0, '']);
    expect(out).toBe(`206 ${sha256(content.subarray(10))}\n201 python.pkg\n`);
  });

  it('tus-js-client uploads in pieces, and resumes what another one began', async () => {
    const options = {
      endpoint: `${base}/api/admin/upload/resumable`,
      headers: { authorization: `Bearer ${token}` },
      metadata: { filename: 'tus.pkg', filetype: 'application/octet-stream', stage: 'Prod' },
      retryDelays: [0, 200, 1_000],
    };
    let begun: string | null = null;
    await new Promise<void>((resolve, reject) => {
      const first = new Upload(content, {
        ...options,
        chunkSize: 1_000_000,
        onChunkComplete: (_size, accepted) => {
          begun = first.url;
          if (accepted >= 2_000_000) void first.abort().then(resolve, reject);
        },
        onError: reject,
        onSuccess: () => reject(new Error('It was to be interrupted.')),
      });
      first.start();
    });
    await new Promise<void>((resolve, reject) => {
      new Upload(content, { ...options, uploadUrl: begun, onError: reject, onSuccess: () => resolve() }).start();
    });
    expect((await downloaded('tus.pkg')).equals(content)).toBe(true);
  });
});
