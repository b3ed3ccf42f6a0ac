import { readdirSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { catalogOf, hasState, isGone, sha256, someBytes } from './packages.js';

const MB = 1_048_576;

interface Peer {
  readonly id: number;
  readonly firewalled_mode: boolean;
}

const peersOf = async (server: TestServer): Promise<Peer[]> =>
  (await server.ok<{ items: Peer[] }>('GET', '/api/admin/registered_ods')).items;

/** B cannot be called by anybody: what it says, it says in calls of its own. RECONCILE_SECONDS is long, so that no timer helps. */
describe('a firewalled server behind an open one', () => {
  let cluster: TestCluster;
  let open: TestServer;
  let walled: TestServer;
  let third: TestServer;

  beforeAll(async () => {
    cluster = await TestCluster.start(['open', 'walled', 'third'], { RECONCILE_SECONDS: 3_600, JOB_LEASE_MS: '1000' });
    [open, walled, third] = [cluster.at(0), cluster.at(1), cluster.at(2)];
    await walled.ok('POST', '/api/admin/about/update', { firewalled_mode: true });
    await cluster.register(walled, open);
    await cluster.register(third, open);
  });
  afterAll(() => cluster.dispose());

  it('is known as one', async () => {
    const known = (await peersOf(open)).filter(({ firewalled_mode }) => firewalled_mode);
    expect(known).toHaveLength(1);
  });

  it('hears news at once, and fetches', async () => {
    const content = someBytes(3 * MB + 5);
    await open.upload('down.pkg', content);
    expect(sha256(await walled.downloaded('down.pkg'))).toBe(sha256(content));
  });

  it.each([
    ['empty.pkg', 0],
    ['one-byte.pkg', 1],
    ['block.pkg', MB],
    ['large.pkg', 23 * MB + 17],
  ])('gives %s to the others, although they cannot fetch it', async (name, size) => {
    const content = someBytes(size);
    expect((await walled.upload(name, content)).status).toBe(201);
    for (const server of [open, third]) expect(sha256(await server.downloaded(name))).toBe(sha256(content));
  });

  it('replaces, promotes and deletes with the others', async () => {
    const [old, fresh] = [someBytes(MB), someBytes(2 * MB)];
    await walled.upload('app.msi', old);
    await hasState(third, 'app.msi', 'Public');
    await third.upload('app.msi', fresh, { replace: 'true' });
    await eventually(async () => expect(sha256(await walled.downloaded('app.msi'))).toBe(sha256(fresh)));
    await walled.ok('PATCH', '/api/admin/packages/app.msi', { stage: 'Dev' });
    await hasState(third, 'app.msi', 'Withdrawn');
    await walled.ok('DELETE', '/api/admin/packages/app.msi');
    for (const server of [open, third]) await isGone(server, 'app.msi');
  });

  it('gives what only it still has, once another server wants it', async () => {
    await walled.ok('POST', '/api/admin/about/update', { stage: 'Dev' });
    const content = someBytes(2 * MB);
    await walled.upload('only-here.pkg', content, { stage: 'Dev' });
    await hasState(third, 'only-here.pkg', 'Withdrawn');
    await third.ok('PATCH', '/api/admin/packages/only-here.pkg', { stage: 'Prod' });
    for (const server of [open, third]) expect(sha256(await server.downloaded('only-here.pkg'))).toBe(sha256(content));
  });

  it('leaves nothing in staging, and all agree', async () => {
    for (const server of cluster.servers) {
      await eventually(() => expect(readdirSync(path.join(server.dataDir, 'staging'))).toEqual([]));
    }
    await eventually(async () => {
      const [first, ...others] = await Promise.all(cluster.servers.map(catalogOf));
      for (const other of others) expect(other).toEqual(first);
    });
  });

  it('stops within two seconds although a call is held open', async () => {
    const begun = performance.now();
    expect(await walled.stop()).toBe(0);
    expect(performance.now() - begun).toBeLessThan(10_000); // the call itself is held for 25
    await walled.start();
    await open.upload('after.pkg', 'after');
    expect(String(await walled.downloaded('after.pkg'))).toBe('after');
  });

  it('is pushed to again when the mode is switched off, and listens again when it is switched on', async () => {
    await walled.ok('POST', '/api/admin/about/update', { firewalled_mode: false, url: walled.url });
    await eventually(async () => expect((await peersOf(open)).every(({ firewalled_mode }) => !firewalled_mode)).toBe(true));
    await open.upload('pushed.pkg', 'pushed');
    expect(String(await walled.downloaded('pushed.pkg'))).toBe('pushed');
    await walled.ok('POST', '/api/admin/about/update', { firewalled_mode: true });
    await eventually(async () => expect((await peersOf(open)).some(({ firewalled_mode }) => firewalled_mode)).toBe(true));
    await open.upload('heard.pkg', 'heard');
    expect(String(await walled.downloaded('heard.pkg'))).toBe('heard');
  });

  it('cannot register with another one that is', async () => {
    const { url, iss, key } = await cluster.about(third);
    await third.ok('POST', '/api/admin/about/update', { firewalled_mode: true });
    const { status, body } = await walled.api<{ detail: string }>('POST', '/api/admin/register', { url, iss_id: iss, key });
    expect([status, body.detail]).toEqual([expect.any(Number), expect.stringContaining('firewalled mode')]);
    expect(status).toBeGreaterThanOrEqual(400);
    await third.ok('POST', '/api/admin/about/update', { firewalled_mode: false, url: third.url });
  });
});
