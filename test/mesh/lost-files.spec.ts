import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { hasState, packagesOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const fileOf = (server: TestServer, uuid: string): string => path.join(server.dataDir, 'content', uuid);

const isNotPublic = (server: TestServer, name: string): Promise<void> =>
  eventually(async () => expect((await packagesOf(server)).find(({ filename }) => filename === name)?.status).not.toBe('Public'), {
    timeoutMs: 60_000,
  });

/** Status of the answer, and how many bytes came; null when the connection was cut. */
async function download(server: TestServer, name: string, headers: Record<string, string> = {}): Promise<readonly [number, number | null]> {
  const response = await fetch(`${server.url}/share/${name}`, { headers });
  const length = await response.arrayBuffer().then(
    (bytes) => bytes.byteLength,
    () => null,
  );
  return [response.status, length];
}

describe('a content whose file is gone or cut', () => {
  let cluster: TestCluster;
  const contents = new Map([
    ['Gone.pkg', someBytes(3 * MB)],
    ['GoneSmall.pkg', someBytes(2_000)],
    ['Trunc.pkg', someBytes(3 * MB)],
    ['TruncSmall.pkg', someBytes(2_000)],
  ]);
  const names = [...contents.keys()];

  const harm = async (server: TestServer): Promise<void> => {
    for (const { filename, uuid } of (await packagesOf(server)).filter(({ filename }) => contents.has(filename))) {
      if (filename.startsWith('Gone')) rmSync(fileOf(server, uuid));
      else truncateSync(fileOf(server, uuid), 1_000);
    }
  };

  afterEach(() => cluster.dispose());

  it('is no longer claimed as soon as a peer asks for it, and comes back when a peer has it', async () => {
    cluster = await TestCluster.line(['a', 'b'], { RECONCILE_SECONDS: 5 });
    const [a, b] = [cluster.at(0), cluster.at(1)];
    await b.ok('PATCH', '/api/admin/replication', { paused: true });
    for (const [name, content] of contents) await a.upload(name, content);
    await harm(a);
    await b.ok('PATCH', '/api/admin/replication', { paused: false });
    for (const name of names) await isNotPublic(a, name);
    for (const name of names) expect((await download(a, name))[0]).toBe(404);
    await eventually(async () => {
      const { servers, everywhere } = await a.ok<{ servers: { state: string }[]; everywhere: boolean }>(
        'GET',
        `/api/admin/packages/Gone.pkg/servers`,
      );
      expect(servers.map(({ state }) => state)).not.toContain('held');
      expect(everywhere).toBe(false);
    });
    for (const [name, content] of contents) await a.upload(name, content); // the same content again
    for (const server of [a, b]) {
      for (const [name, content] of contents) expect(sha256(await server.downloaded(name))).toBe(sha256(content));
    }
  });

  it('is refused to a client, never cut, and is fetched again', async () => {
    cluster = await TestCluster.line(['a', 'b'], { RECONCILE_SECONDS: 5 });
    const [a, b] = [cluster.at(0), cluster.at(1)];
    for (const [name, content] of contents) await a.upload(name, content);
    for (const name of names) await hasState(b, name, 'Public');
    await harm(b);
    // 404 when the server's own check of new contents met the fault first: the claim is withdrawn then (docs/mesh.md, 12).
    const refusals = [404, 503];
    expect(refusals).toContain((await fetch(`${b.url}/share/Gone.pkg`, { method: 'HEAD' })).status);
    expect(refusals).toContain((await download(b, 'GoneSmall.pkg'))[0]);
    expect(refusals).toContain((await download(b, 'Trunc.pkg', { range: 'bytes=0-99' }))[0]);
    expect(refusals).toContain((await download(b, 'TruncSmall.pkg'))[0]);
    for (const [name, content] of contents) expect(sha256(await b.downloaded(name))).toBe(sha256(content));
  });

  it('is not handed to nginx, which could only cut it', async () => {
    cluster = await TestCluster.start(['a'], { ACCEL_REDIRECT_PREFIX: '/internal' });
    const a = cluster.at(0);
    for (const [name, content] of contents) await a.upload(name, content);
    expect((await fetch(`${a.url}/share/Gone.pkg`)).headers.get('x-accel-redirect')).toMatch(/^\/internal\//);
    await harm(a);
    for (const name of names) {
      expect((await download(a, name))[0]).toBe(503);
      await isNotPublic(a, name);
    }
  });

  it('is still claimed while the whole disk is away', async () => {
    cluster = await TestCluster.start(['a']);
    const a = cluster.at(0);
    await a.upload('Gone.pkg', contents.get('Gone.pkg')!);
    const directory = path.join(a.dataDir, 'content');
    renameSync(directory, `${directory}.away`);
    expect((await download(a, 'Gone.pkg'))[0]).toBe(503);
    renameSync(`${directory}.away`, directory);
    expect(await download(a, 'Gone.pkg')).toEqual([200, 3 * MB]);
  });

  it('that is withdrawn here is not shown as one that is fetched again', async () => {
    cluster = await TestCluster.start(['a'], { SCRUB_BYTES_PER_SECOND: '100M' });
    const a = cluster.at(0);
    await a.upload('Dev.pkg', someBytes(2 * MB), { stage: 'Dev' });
    const { uuid } = await hasState(a, 'Dev.pkg', 'Withdrawn');
    await a.stop();
    writeFileSync(fileOf(a, uuid), someBytes(2 * MB));
    const database = new SqliteFile(path.join(a.dataDir, 'ods.sqlite'));
    database.exec("UPDATE content SET verified_ms = 0; UPDATE job SET due_ms = 0 WHERE type = 'packages.scrub'");
    database.close();
    await a.start();
    await a.logged(`Dev.pkg (${uuid}) was found damaged on disk.`);
    await hasState(a, 'Dev.pkg', 'Withdrawn');
  });
});
