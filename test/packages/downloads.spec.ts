import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { TestServer } from '../support/test-server.js';
import { content, Downloader, downloadSuite } from './download-suite.js';

describe('downloading', () => {
  let server: TestServer;
  let downloader: Downloader;
  const openFiles = () => readdirSync(`/proc/${server.pid}/fd`).length;
  const get: Downloader['get'] = (...call) => downloader.get(...call);

  downloadSuite(async () => {
    server = await TestServer.start('downloads', { DOWNLOAD_CONTEXTS: 'CasperShare' });
    downloader = new Downloader(server.port);
    return { server, port: server.port };
  });
  afterAll(() => server.dispose());

  it.each([
    ['/share/none.pkg', 404],
    ['/share/..%2Fods.sqlite', 404],
    ['/share/%2e%2e/ods.sqlite', 404],
    ['/share/..%5Cods.sqlite', 404],
    ['/share/%00', 404],
    ['/share/a/b/c.pkg', 404],
    ['/share/%ff', 400],
    ['/share/%', 400],
    [`/share/${'%C3%A9'.repeat(150)}`, 404],
    [`/share/${'x'.repeat(1_100)}`, 414],
    ['/content/none', 404],
    ['/staging/none', 404],
  ])('answers %s with a problem', async (target, status) => {
    const answer = await get(target);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, expect.stringMatching(/^application\/problem\+json/)]);
    expect(answer.body.toString()).not.toContain(server.dataDir);
  });

  it('sends the whole for a range that is none', async () => {
    const { status, body } = await get('/share/NoMAD.pkg', { range: 'bytes=z' });
    expect([status, body.equals(content)]).toEqual([200, true]);
  });

  it('lets go of the file when the client goes, before or after the first byte', async () => {
    await get('/share/NoMAD.pkg');
    const before = openFiles();
    for (let round = 0; round < 60; round += 1) {
      const call = request({ host: '127.0.0.1', port: server.port, path: '/share/NoMAD.pkg', agent: false });
      call.on('error', () => undefined);
      call.end();
      if (round % 3 === 0) await once(call, 'socket');
      else {
        const [response] = (await once(call, 'response')) as [IncomingMessage];
        if (round % 3 === 1) await once(response, 'data');
      }
      call.destroy();
    }
    await eventually(() => expect(openFiles()).toBeLessThanOrEqual(before + 1));
    expect((await get('/share/NoMAD.pkg')).body.equals(content)).toBe(true);
  });

  it('says that it is not available now, not that it does not exist, when its bytes are missing on disk', async () => {
    const { body } = await server.upload<{ uuid: string }>('missing.pkg', 'gone');
    await rm(path.join(server.dataDir, 'content', body.uuid));
    const answer = await get('/share/missing.pkg');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, expect.any(String)]);
    await server.logged('missing.pkg');
  });
});
