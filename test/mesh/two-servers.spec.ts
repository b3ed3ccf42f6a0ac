import { readdirSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { catalogOf, hasState, isGone, packagesOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;

describe('two registered servers', () => {
  let cluster: TestCluster;
  let a: TestServer;
  let b: TestServer;

  beforeAll(async () => {
    cluster = await TestCluster.line(['a', 'b']);
    [a, b] = [cluster.at(0), cluster.at(1)];
  });
  afterAll(() => cluster.dispose());

  it('have what was uploaded at either of them, byte for byte', async () => {
    const contents = {
      'empty.pkg': someBytes(0),
      'small.pkg': someBytes(1_000),
      'block.pkg': someBytes(MB),
      'large ü+1.dmg': someBytes(20 * MB + 17),
    };
    for (const [name, content] of Object.entries(contents)) {
      const from = name === 'small.pkg' ? b : a;
      expect((await from.upload(name, content)).status).toBe(201);
    }
    for (const [name, content] of Object.entries(contents)) {
      for (const server of [a, b]) expect(sha256(await server.downloaded(name))).toBe(sha256(content));
    }
    expect(await catalogOf(a)).toEqual(await catalogOf(b));
  });

  it('say who gave it, however quick that was', async () => {
    await eventually(async () => {
      const { items } = await b.ok<{ items: { filename: string; source: string | null }[] }>('GET', '/api/admin/transfers');
      const sources = ['block.pkg', 'large ü+1.dmg'].map((name) => items.find(({ filename }) => filename === name)?.source);
      expect(sources).toEqual(['a', 'a']);
    });
  });

  it('lets a client begin a download at one and resume it at the other', async () => {
    const content = someBytes(3 * MB);
    await a.upload('resumed.pkg', content);
    await b.downloaded('resumed.pkg');
    const first = await fetch(`${a.url}/share/resumed.pkg`, { headers: { range: `bytes=0-${MB - 1}` } });
    const etag = first.headers.get('etag')!;
    const rest = await fetch(`${b.url}/share/resumed.pkg`, { headers: { range: `bytes=${MB}-`, 'if-range': etag } });
    expect([first.status, rest.status]).toEqual([206, 206]);
    expect(rest.headers.get('etag')).toBe(etag);
    expect(rest.headers.get('last-modified')).toBe(first.headers.get('last-modified'));
    const whole = Buffer.concat([Buffer.from(await first.arrayBuffer()), Buffer.from(await rest.arrayBuffer())]);
    expect(sha256(whole)).toBe(sha256(content));
  });

  it('replace, promote, demote and delete together', async () => {
    const [old, fresh] = [someBytes(2 * MB), someBytes(2 * MB)];
    await a.upload('app.msi', old);
    await hasState(b, 'app.msi', 'Public');
    expect((await b.upload('app.msi', fresh)).status).toBe(409);
    expect((await b.upload('app.msi', fresh, { replace: 'true' })).status).toBe(201);
    await eventually(async () => expect(sha256(await a.downloaded('app.msi'))).toBe(sha256(fresh)));

    await a.ok('PATCH', '/api/admin/packages/app.msi', { stage: 'Dev' });
    await hasState(b, 'app.msi', 'Withdrawn');
    await hasState(a, 'app.msi', 'Withdrawn');
    expect((await fetch(`${b.url}/share/app.msi`)).status).toBe(404);
    await eventually(() => expect(readdirSync(path.join(b.dataDir, 'share'))).not.toContain('app.msi'));

    await b.ok('PATCH', '/api/admin/packages/app.msi', { stage: 'Prod' });
    await hasState(a, 'app.msi', 'Public');
    expect(sha256(await a.downloaded('app.msi'))).toBe(sha256(fresh));

    await b.ok('DELETE', '/api/admin/packages/app.msi');
    await isGone(a, 'app.msi');
    expect((await fetch(`${a.url}/share/app.msi`)).status).toBe(404);
    await a.ok('POST', '/api/admin/packages/app.msi/restore');
    await hasState(b, 'app.msi', 'Public');
  });

  it('catch up after one of them was away', async () => {
    await b.kill9();
    const content = someBytes(5 * MB);
    await a.upload('meanwhile.pkg', content);
    await a.ok('DELETE', '/api/admin/packages/small.pkg');
    await b.start();
    expect(sha256(await b.downloaded('meanwhile.pkg'))).toBe(sha256(content));
    await isGone(b, 'small.pkg');
    await eventually(async () => expect(await catalogOf(b)).toEqual(await catalogOf(a)));
  });

  it('stop exchanging changes after one unregisters, and resume after unblocking and registering again', async () => {
    const [peer] = (await a.ok<{ items: { id: number }[] }>('GET', '/api/admin/registered_ods')).items;
    await a.ok('DELETE', `/api/admin/registered_ods/${peer!.id}`);
    await eventually(async () => expect((await b.ok<{ items: unknown[] }>('GET', '/api/admin/registered_ods')).items).toEqual([]));
    await a.upload('private.pkg', someBytes(10));
    const { iss } = await cluster.about(b);
    await a.ok('DELETE', `/api/admin/blocked_servers/${iss}`);
    await cluster.register(b, a);
    await hasState(b, 'private.pkg', 'Public');
  });

  it('leave nothing in staging', async () => {
    for (const server of [a, b]) {
      await eventually(() => expect(readdirSync(path.join(server.dataDir, 'staging'))).toEqual([]));
      expect((await packagesOf(server)).every(({ status }) => status === 'Public')).toBe(true);
    }
  });
});
