import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import path from 'node:path';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { selfSigned } from '../support/self-signed.js';
import { nginxConfig } from '../support/nginx-template.js';
import { freePort, isLeftOut, scratchDir, type Service, startNginx } from '../support/services.js';
import { ADMIN, TestServer } from '../support/test-server.js';
import { root } from './compose.js';

/** Many processes start here, on machines that have other work. */
const nginxFile = (name: string): string => readFileSync(path.join(root, 'docker/nginx', name), 'utf8');

(isLeftOut('nginx') ? describe.skip : describe)('nginx with TLS', () => {
  let server: TestServer;
  let nginx: Service;
  let tlsPort: number;
  const directory = scratchDir('tls');

  beforeAll(async () => {
    server = await TestServer.start('tls', { TRUST_PROXY: true });
    tlsPort = await freePort();
    const { cert: certificate, key } = selfSigned;
    writeFileSync(path.join(directory, 'tls_certificate'), certificate);
    writeFileSync(path.join(directory, 'tls_certificate_key'), key);
    const conf = nginxFile('tls.conf').replaceAll('/run/secrets', directory).replace('listen 8443', `listen 127.0.0.1:${tlsPort}`);
    writeFileSync(path.join(directory, 'tls.conf'), conf);
    nginx = await startNginx((port: number) =>
      nginxConfig({
        NGINX_PORT: port,
        ODS_SERVERS: `server 127.0.0.1:${server.port};`,
        ODS_CONTENT_DIR: server.dataDir,
        ODS_TLS: `${directory}/*.conf`,
      }),
    );
  });
  afterAll(async () => {
    await nginx?.dispose();
    await server?.dispose();
  });

  const signIn = async (): Promise<IncomingMessage> => {
    const options = {
      host: '127.0.0.1',
      port: tlsPort,
      path: '/api/admin/auth/login',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    };
    const call = request({ ...options, rejectUnauthorized: false }).end(JSON.stringify(ADMIN));
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    response.resume();
    return response;
  };

  it('sends plain requests to HTTPS', async () => {
    const response = await fetch(`${nginx.url}/packages?q=1`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([308, 'https://127.0.0.1/packages?q=1']);
  });

  it('makes browsers stay with HTTPS, and forwards to the server that it is HTTPS: its cookie is for it alone', async () => {
    const { statusCode, headers } = await signIn();
    expect(statusCode).toBe(200);
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect(headers['set-cookie']?.join()).toMatch(/^ods_refresh\w*=.*; Secure/);
  });
});
