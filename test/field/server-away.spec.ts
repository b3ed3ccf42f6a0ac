import path from 'node:path';
import { nginxConfig } from '../support/nginx-template.js';
import { isLeftOut, type Service, startNginx } from '../support/services.js';
import { TestServer } from '../support/test-server.js';

(isLeftOut('nginx') ? describe.skip : describe)('while no server answers behind nginx', () => {
  let server: TestServer;
  let nginx: Service;
  beforeAll(async () => {
    server = await TestServer.start('away', { TRUST_PROXY: true, ACCEL_REDIRECT_PREFIX: '/_content' });
    nginx = await startNginx((port: number) =>
      nginxConfig({
        ...{ NGINX_PORT: port, ODS_SERVERS: `server 127.0.0.1:${server.port};` },
        ODS_CONTENT_DIR: path.join(server.dataDir, 'content'),
      }),
    );
    expect((await server.upload('App.pkg', 'app')).status).toBe(201);
  });
  afterAll(async () => {
    await nginx?.dispose();
    await server?.dispose();
  });
  const call = (method: string, target: string, body?: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${nginx.port}${target}`, { method, ...(body === undefined ? {} : { body }) });

  it('answers of the server pass as they are', async () => {
    expect(await (await call('GET', '/share/App.pkg')).text()).toBe('app');
    expect(await (await call('GET', '/api/admin/packages')).json()).toMatchObject({ type: 'urn:ods:problem:sign-in-required' });
  });

  it.each([
    ['GET', '/share/App.pkg', undefined],
    ['GET', '/Packages/App.pkg', undefined],
    ['GET', '/api/admin/packages', undefined],
    ['POST', '/api/admin/auth/login', '{}'],
    ['PUT', '/api/admin/packages/New.pkg/content', 'x'.repeat(100_000)],
    ['POST', '/api/ods/notifications', '{}'],
    ['GET', '/', undefined],
  ])('%s %s is answered 503, with a time to come again', async (method, target, body) => {
    if (server.isRunning) await server.stop();
    const response = await call(method, target, body);
    const head = ['content-type', 'retry-after', 'cache-control'].map((name) => response.headers.get(name));
    expect([response.status, ...head]).toEqual([503, 'application/problem+json', '5', 'no-store']);
    expect(await response.json()).toMatchObject({ type: 'urn:ods:problem:server-away', status: 503 });
  });

  it('the server is found again', async () => {
    await server.start();
    expect((await call('GET', '/share/App.pkg')).status).toBe(200);
  });
});
