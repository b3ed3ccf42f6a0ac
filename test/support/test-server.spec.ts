import { existsSync } from 'node:fs';
import { eventually } from './eventually.js';
import { TestServer } from './test-server.js';

describe('TestServer', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start('alpha');
  });
  afterAll(() => server.dispose());

  it('answers on its port', async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('stops cleanly and comes back on the same port and data', async () => {
    expect(await server.stop()).toBe(0);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    await server.start();
    expect(existsSync(`${server.dataDir}/ods.sqlite`)).toBe(true);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it('comes back after kill -9', async () => {
    const before = server.pid;
    await server.kill9();
    await server.restart();
    expect(server.pid).not.toBe(before);
    await eventually(async () => expect((await fetch(`${server.url}/readyz`)).status).toBe(200));
  });

  it('quotes the server when it cannot start', async () => {
    await expect(TestServer.start('second', { PORT: server.port })).rejects.toThrow(/ready:[^]*port/i);
  });
});
