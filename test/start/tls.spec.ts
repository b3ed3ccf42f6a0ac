import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import type { Child } from '../support/child.mjs';
import { eventually } from '../support/eventually.js';
import { freePort, scratchDir } from '../support/services.js';
import { type Environment, startProcess } from '../support/test-process.js';
import { adminOf } from '../maintenance/ods-admin.js';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const place = scratchDir('tls');
const inPlace = (name: string): string => path.join(place, name);

/** A certificate for localhost that signs itself, with its key: NAME.crt and NAME.key. */
function certify(name: string, days: number, subject = '/CN=localhost'): void {
  const files = ['-keyout', inPlace(`${name}.key`), '-out', inPlace(`${name}.crt`)];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', String(days)];
  execFileSync('openssl', ['req', ...kind, '-subj', subject, '-addext', 'subjectAltName=DNS:localhost', ...files], { stdio: 'pipe' });
}

describe('a server that ends TLS without a proxy', () => {
  let port: number;
  let redirectPort: number;
  let settings: Environment;
  let server: Child | undefined;

  beforeAll(async () => {
    certify('first', 90);
    certify('second', 90, '/CN=localhost/O=second');
    certify('short', 5);
    [port, redirectPort] = [await freePort(), await freePort()];
    settings = { DATA_DIR: inPlace('data'), PORT: port, TLS_CERT_FILE: inPlace('cert.pem'), TLS_KEY_FILE: inPlace('key.pem') };
    use('first');
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  function use(name: string): void {
    copyFileSync(inPlace(`${name}.key`), inPlace('key.pem'));
    copyFileSync(inPlace(`${name}.crt`), inPlace('cert.pem'));
  }
  const start = (more: Environment = {}): Child => (server = startProcess('api', { ...settings, ...more }));
  const ready = async (more: Environment = {}): Promise<Child> => {
    const child = start(more);
    await child.waitUntil(async () => expect((await get('/readyz')).status).toBe(200), 60_000);
    return child;
  };
  const get = (url: string, agent?: https.Agent): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const ca = ['first', 'second', 'short'].map((name) => readFileSync(inPlace(`${name}.crt`), 'utf8'));
      const request = https.get({ host: 'localhost', port, path: url, ca, agent: agent ?? false }, (response) => {
        text(response).then((body) => resolve({ status: response.statusCode!, headers: response.headers, body }), reject);
      });
      request.once('error', reject);
    });
  const organization = (): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      const socket = tls.connect({ host: 'localhost', port, rejectUnauthorized: false }, () => {
        const { subject } = socket.getPeerCertificate();
        socket.destroy();
        resolve(subject.O as string | undefined);
      });
      socket.once('error', reject);
    });

  it('answers over HTTPS alone, says so to browsers, and keeps its cookies to it', async () => {
    const child = await ready();
    expect(child.output).toContain(`Ready. Open https://`);
    const page = await get('/');
    expect(page.headers['strict-transport-security']).toBe('max-age=15552000');
    await expect(fetch(`http://127.0.0.1:${port}/readyz`)).rejects.toThrow();
    expect((await get('/metrics')).body).toMatch(/ods_tls_certificate_end_timestamp_seconds 1\d{9}/);
    const { code, output } = await adminOf({ dataDir: inPlace('data') } as never, 'doctor');
    expect([code, output]).toEqual([expect.any(Number), expect.not.stringContaining('certificate')]); // it has other settings here
  });

  it('refuses a start with files that cannot be used, and says which', async () => {
    const refused = async (more: Environment): Promise<string> => {
      const child = start(more);
      expect((await child.ended()).code).not.toBe(0);
      return child.output;
    };
    expect(await refused({ TLS_KEY_FILE: undefined })).toContain('TLS_CERT_FILE and TLS_KEY_FILE belong together');
    expect(await refused({ TLS_KEY_FILE: inPlace('second.key') })).toContain('is not the key of the certificate in');
    expect(await refused({ TLS_KEY_FILE: inPlace('none.key') })).toContain('cannot be read (ENOENT)');
    writeFileSync(inPlace('garbage'), 'no PEM');
    expect(await refused({ TLS_CERT_FILE: inPlace('garbage') })).toContain('is no certificate in PEM form');
    expect(await refused({ TLS_KEY_FILE: inPlace('garbage') })).toContain('is no private key without a passphrase in PEM form');
    expect(await refused({ HTTP_REDIRECT_PORT: port })).toContain('HTTP_REDIRECT_PORT is the same as PORT');
  });

  it('takes a renewed certificate without ending a connection, and goes on with the former one until both files fit', async () => {
    const child = await ready();
    const kept = new https.Agent({ keepAlive: true, maxSockets: 1 });
    expect((await get('/healthz', kept)).status).toBe(200);
    copyFileSync(inPlace('second.key'), inPlace('key.pem'));
    await eventually(() => expect(child.output).toContain('The former certificate is used until its files are right.'));
    expect(await organization()).toBeUndefined();
    copyFileSync(inPlace('second.crt'), inPlace('cert.pem'));
    await eventually(async () => expect(await organization()).toBe('second'));
    expect(child.output).toContain('The certificate was renewed');
    expect((await get('/healthz', kept)).status).toBe(200);
    kept.destroy();
    // As certbot does: what a link leads to is another file.
    for (const name of ['cert.pem', 'key.pem']) unlinkSync(inPlace(name));
    symlinkSync(inPlace('first.key'), inPlace('key.new'));
    symlinkSync(inPlace('first.crt'), inPlace('cert.new'));
    renameSync(inPlace('key.new'), inPlace('key.pem'));
    renameSync(inPlace('cert.new'), inPlace('cert.pem'));
    await eventually(async () => expect(await organization()).toBeUndefined());
    for (const name of ['cert.pem', 'key.pem']) unlinkSync(inPlace(name));
    use('first');
  });

  it('says that its certificate ends', async () => {
    use('short');
    const child = await ready();
    expect(child.output).toMatch(/The certificate ends in [45] days/);
    use('first');
  });

  it('sends http:// to https://, with the path, and answers nothing else there', async () => {
    await ready({ HTTP_REDIRECT_PORT: redirectPort });
    const answer = await fetch(`http://localhost:${redirectPort}/share/a.pkg?x=1`, { redirect: 'manual', method: 'POST', body: 'x' });
    expect([answer.status, answer.headers.get('location')]).toEqual([308, `https://localhost:${port}/share/a.pkg?x=1`]);
    expect(
      (await fetch(`http://localhost:${redirectPort}/`, { redirect: 'manual', headers: { host: 'a b' } })).status,
    ).toBeGreaterThanOrEqual(300);
  });

  it('finishes a request when it is stopped', async () => {
    const child = await ready();
    const done = new Promise<number>((resolve, reject) => {
      const socket = tls.connect({ host: 'localhost', port, rejectUnauthorized: false }, () => {
        socket.write(
          'POST /api/admin/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n',
        );
        child.process.kill('SIGTERM');
        setTimeout(() => socket.write('{}'), 3_000); // longer than connections without a request are kept
      });
      socket.once('data', (bytes: Buffer) => resolve(Number(bytes.toString().split(' ')[1])));
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('The connection was closed.')));
    });
    expect(await done).toBe(400);
    expect((await child.ended()).code).toBe(0);
  });
});
