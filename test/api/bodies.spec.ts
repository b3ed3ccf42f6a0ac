import { TestServer } from '../support/test-server.js';
import { bodySuite } from './body-suite.js';

describe('the body of a request', () => {
  let server: TestServer;

  bodySuite(async () => {
    server = await TestServer.start('bodies', { API_RATE_PER_MINUTE: '0' });
    return { server, port: server.port, buffers: false };
  });
  afterAll(() => server.dispose());
});
