import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { TestServer } from '../support/test-server.js';

interface Item {
  readonly uuid: string;
  readonly status: string;
}

describe('at the start', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await TestServer.start('start-up');
  });
  afterEach(() => server.dispose());

  const inData = (...parts: string[]) => path.join(server.dataDir, ...parts);
  const upload = async (name: string, content: string, fields = {}) => (await server.upload<Item>(name, content, fields)).body;
  const statusOf = async (name: string) => (await server.ok<Item>('GET', `/api/admin/packages/${name}`)).status;

  it('links of the share say again what the catalog says', async () => {
    await upload('lost-link.pkg', 'one');
    const { uuid: old } = await upload('stale-link.pkg', 'old');
    await upload('stale-link.pkg', 'young', { replace: 'true' });
    await upload('deleted.pkg', 'gone');
    await server.ok('DELETE', '/api/admin/packages/deleted.pkg');
    await server.stop();
    rmSync(inData('share/lost-link.pkg'));
    rmSync(inData('share/stale-link.pkg'));
    linkSync(inData('content', old), inData('share/stale-link.pkg')); // as a crash between commit and link leaves it
    writeFileSync(inData('share/deleted.pkg'), 'gone');
    writeFileSync(inData('share/stranger.pkg'), 'put there by hand');
    await server.start();
    expect(readFileSync(inData('share/lost-link.pkg'), 'utf8')).toBe('one');
    expect(readFileSync(inData('share/stale-link.pkg'), 'utf8')).toBe('young');
    expect(readdirSync(inData('share')).sort()).toEqual(['lost-link.pkg', 'stale-link.pkg']);
  });

  it('what is missing on disk is not called public, and comes back with its file', async () => {
    const { uuid } = await upload('missing.pkg', 'kept elsewhere');
    await server.stop();
    renameSync(inData('content', uuid), inData('away'));
    await server.start();
    expect(await statusOf('missing.pkg')).not.toBe('Public');
    await server.stop();
    renameSync(inData('away'), inData('content', uuid));
    await server.start();
    await eventually(async () => expect(await statusOf('missing.pkg')).toBe('Public'));
    expect((await server.downloaded('missing.pkg')).toString()).toBe('kept elsewhere');
  });

  it('a disk that was not mounted once costs nothing but that time', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `package-${index}.pkg`);
    for (const name of names) await upload(name, `content of ${name}`);
    await server.stop();
    renameSync(inData('content'), inData('unmounted'));
    await expect(server.restart()).rejects.toThrow(/names 20 contents, and .* has none of them: is the right disk mounted there\?/);
    rmSync(inData('content'), { recursive: true, force: true });
    renameSync(inData('unmounted'), inData('content'));
    await server.start();
    await eventually(async () => expect(await Promise.all(names.map(statusOf))).toEqual(names.map(() => 'Public')), { timeoutMs: 20_000 });
    for (const name of names) expect((await server.downloaded(name)).toString()).toBe(`content of ${name}`);
  });

  it('a file that came back damaged is not taken up', async () => {
    const { uuid } = await upload('damaged.pkg', 'right');
    await server.stop();
    rmSync(inData('content', uuid));
    await server.start();
    await server.stop();
    writeFileSync(inData('content', uuid), 'wrong');
    await server.start();
    await eventually(async () => expect(await statusOf('damaged.pkg')).toBe('Waiting'));
    expect((await fetch(`${server.url}/share/damaged.pkg`)).status).toBe(404);
  });

  it('content that no row knows is removed when it is old, and left alone while another process may be publishing it', async () => {
    await server.stop();
    const orphan = inData('content', 'e'.repeat(32));
    writeFileSync(orphan, 'of a publication that never committed');
    const old = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(orphan, old, old); // the change itself is seen by ctime, which cannot be set
    writeFileSync(inData('content', 'not-ours.txt'), 'x');
    await server.start();
    expect(existsSync(orphan)).toBe(true);
    expect(existsSync(inData('content/not-ours.txt'))).toBe(true);
  });
});
