import path from 'node:path';
import { nginxConfig } from '../support/nginx-template.js';
import { isLeftOut, type Service, startNginx } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { bodySuite } from './body-suite.js';

(isLeftOut('nginx') ? describe.skip : describe)('the body of a request that comes through nginx', () => {
  let server: TestServer;
  let nginx: Service;

  bodySuite(async () => {
    server = await TestServer.start('bodies-behind-nginx', { API_RATE_PER_MINUTE: '0', TRUST_PROXY: true });
    nginx = await startNginx((port: number) =>
      nginxConfig({
        NGINX_PORT: port,
        ODS_SERVERS: `server 127.0.0.1:${server.port};`,
        ODS_CONTENT_DIR: path.join(server.dataDir, 'content'),
      }),
    );
    return { server, port: nginx.port, buffers: true };
  });
  afterAll(async () => {
    await nginx.dispose();
    await server.dispose();
  });
});
