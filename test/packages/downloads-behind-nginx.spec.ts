import path from 'node:path';
import { nginxConfig } from '../support/nginx-template.js';
import { isLeftOut, scratchDir, type Service, startNginx } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { content, Downloader, downloadSuite } from './download-suite.js';

(isLeftOut('nginx') ? describe.skip : describe)('downloading through nginx', () => {
  const dataDir = scratchDir('behind-nginx');
  let server: TestServer;
  let nginx: Service;

  downloadSuite(async () => {
    server = await TestServer.start('behind-nginx', {
      ...{ DATA_DIR: dataDir, ACCEL_REDIRECT_PREFIX: '/_content', TRUST_PROXY: true, DOWNLOAD_CONTEXTS: 'CasperShare' },
    });
    nginx = await startNginx((port: number) =>
      nginxConfig({ NGINX_PORT: port, ODS_SERVERS: `server 127.0.0.1:${server.port};`, ODS_CONTENT_DIR: path.join(dataDir, 'content') }),
    );
    return { server, port: nginx.port };
  });
  afterAll(async () => {
    await nginx.dispose();
    await server.dispose();
  });

  it('leaves the sending to nginx', async () => {
    const { headers, body } = await new Downloader(server.port).get('/share/NoMAD.pkg');
    expect([headers['x-accel-redirect'], body.length]).toEqual([expect.stringMatching(/^\/_content\/[0-9a-f]{32}$/), 0]);
  });

  it('keeps the headers that protect a browser', async () => {
    const names = [
      'content-security-policy',
      'x-content-type-options',
      'cross-origin-opener-policy',
      'cross-origin-resource-policy',
      'x-frame-options',
    ];
    const [direct, through] = await Promise.all([server.port, nginx.port].map((port) => new Downloader(port).get('/share/NoMAD.pkg')));
    for (const name of names) {
      expect([name, direct!.headers[name]]).toEqual([name, expect.any(String)]);
      expect([name, through!.headers[name]]).toEqual([name, direct!.headers[name]]);
    }
  });

  it('opens no content that was not asked for by name', async () => {
    const { body } = await server.upload<{ uuid: string }>('secret.pkg', 'x', { stage: 'Dev' }); // not admitted by a Prod server
    const answers = await Promise.all(
      [`/_content/${body.uuid}`, `/share/../_content/${body.uuid}`, '/share/secret.pkg'].map((target) =>
        new Downloader(nginx.port).get(target),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('lets uploads and problems through', async () => {
    const form = new FormData();
    form.set('file', new Blob([content]), 'through.pkg');
    const response = await fetch(`${nginx.url}/api/admin/upload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await server.login()}` },
      body: form,
    });
    expect(response.status).toBe(201);
    expect((await new Downloader(nginx.port).get('/share/through.pkg')).body.equals(content)).toBe(true);
    const missing = await new Downloader(nginx.port).get('/share/none.pkg');
    expect([missing.status, missing.headers['content-type']]).toEqual([404, expect.stringMatching(/problem\+json/)]);
  });
});
