import { eventually } from '../support/eventually.js';
import { ForeignPeer } from '../support/foreign-peer.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { catalogOf, hasState, packagesOf } from './packages.js';

interface HeldList {
  readonly items: { filename: string; kind: string; peer_name: string; file_size: number; new_file_size: number | null }[];
  readonly total: number;
}

const names = Array.from({ length: 20 }, (_, index) => `app-${String(index).padStart(2, '0')}.pkg`);
const heldAt = (server: TestServer) => server.ok<HeldList>('GET', '/api/admin/held_changes');

describe('a mass change', () => {
  let cluster: TestCluster;
  let a: TestServer;
  let b: TestServer;

  beforeEach(async () => {
    cluster = await TestCluster.line(['a', 'b']);
    [a, b] = [cluster.at(0), cluster.at(1)];
    for (const name of names) await a.upload(name, name);
    await eventually(async () => {
      const there = await packagesOf(b);
      expect(there.filter(({ status }) => status === 'Public')).toHaveLength(names.length);
    });
  });
  afterEach(() => cluster.dispose());

  /** A deletes 15 of 20 packages while B is down, so that B gets all of it at once. */
  const deleteFifteenAtA = async (): Promise<void> => {
    await b.stop();
    for (const name of names.slice(0, 15)) await a.ok('DELETE', `/api/admin/packages/${name}?confirm=true`);
    await b.start();
    await eventually(async () => expect((await heldAt(b)).total).toBe(15), { timeoutMs: 60_000 });
  };

  it('asks whoever begins it, and is held at the other servers until an administrator there decides', async () => {
    for (const name of names.slice(0, 9)) await a.ok('DELETE', `/api/admin/packages/${name}`);
    const refused = await a.api('DELETE', `/api/admin/packages/${names[9]}`);
    expect(refused).toMatchObject({ status: 409, body: { type: 'urn:ods:problem:mass-delete-unconfirmed' } });
    expect(refused.body['detail']).toContain('confirm=true');
    expect((await a.api('PATCH', `/api/admin/packages/${names[9]}`, { stage: 'Dev' })).status).toBe(409);
    expect(await packagesOf(a)).toHaveLength(11);
    await eventually(async () => expect(await packagesOf(b)).toHaveLength(11));
    await a.ok('DELETE', `/api/admin/packages/${names[9]}?confirm=true`);
    await eventually(async () =>
      expect(await heldAt(b)).toMatchObject({ total: 1, items: [{ filename: names[9], kind: 'delete', peer_name: 'a' }] }),
    );
    expect(await packagesOf(b)).toHaveLength(11);
    // Other news passes meanwhile.
    await a.upload('new.pkg', 'new');
    await b.downloaded('new.pkg');
    // Uploaded again with the same content, nothing is destroyed any more; with another one it is a replacement, and held.
    await a.upload(names[9]!, 'again');
    await eventually(async () =>
      expect((await heldAt(b)).items).toMatchObject([{ filename: names[9], kind: 'replace', new_file_size: 5 }]),
    );
    expect((await b.downloaded(names[9]!)).toString()).toBe(names[9]);
    await a.ok('DELETE', `/api/admin/packages/${names[9]}?confirm=true`);
    await a.upload(names[9]!, names[9]!);
    await eventually(async () => expect((await heldAt(b)).total).toBe(0));
  });

  it('is carried out when an administrator says so', async () => {
    await deleteFifteenAtA();
    expect(await packagesOf(b)).toHaveLength(20);
    expect(await b.ok('POST', '/api/admin/held_changes/apply', { filenames: [names[0]] })).toEqual({ count: 1 });
    expect(await packagesOf(b)).toHaveLength(19);
    expect(await b.ok('POST', '/api/admin/held_changes/apply', {})).toEqual({ count: 14 });
    expect(await catalogOf(b)).toEqual(await catalogOf(a));
    expect((await heldAt(b)).total).toBe(0);
    expect((await fetch(`${b.url}/share/${names[0]}`)).status).toBe(404);
  });

  it('is undone everywhere when an administrator rejects it', async () => {
    await deleteFifteenAtA();
    expect(await b.ok('POST', '/api/admin/held_changes/reject', {})).toEqual({ count: 15 });
    await eventually(async () => expect(await catalogOf(a)).toEqual(await catalogOf(b)));
    expect(await packagesOf(b)).toHaveLength(20);
    for (const server of [a, b]) expect((await server.downloaded(names[3]!)).toString()).toBe(names[3]);
    expect((await heldAt(b)).total).toBe(0);
  });

  it('is one that replaces the contents of many packages, too', async () => {
    const replaced = await Promise.all(names.slice(0, 9).map((name) => a.upload(name, 'x', { replace: 'true' })));
    expect(replaced.map(({ status }) => status)).toEqual(new Array(9).fill(201));
    const refused = await a.upload(names[9]!, 'x', { replace: 'true' });
    expect(refused).toMatchObject({ status: 409, body: { type: 'urn:ods:problem:mass-delete-unconfirmed' } });
    for (const name of names.slice(9)) expect((await a.upload(name, 'x', { replace: 'true', confirm: 'true' })).status).toBe(201);
    await eventually(async () => expect((await heldAt(b)).total).toBe(11));
    expect((await heldAt(b)).items[0]).toMatchObject({ kind: 'replace', peer_name: 'a', file_size: 10, new_file_size: 1 });
    for (const name of names.slice(9)) expect((await b.downloaded(name)).toString()).toBe(name);
    expect(await b.ok('POST', '/api/admin/held_changes/reject', {})).toEqual({ count: 11 });
    // To A that is a mass replacement as well: its administrator decides, too.
    await eventually(async () => expect((await heldAt(a)).total).toBe(11));
    expect(await a.ok('POST', '/api/admin/held_changes/apply', {})).toEqual({ count: 11 });
    for (const server of [a, b]) {
      await eventually(async () => {
        for (const name of names.slice(9)) expect((await server.downloaded(name)).toString()).toBe(name);
      });
    }
  });

  it('is counted over all peers, also when they send at the same moment', async () => {
    const rows = await b.ok<{ items: Record<string, unknown>[] }>('GET', '/api/admin/packages?limit=100');
    const peers = await Promise.all(['p1', 'p2', 'p3', 'p4', 'p5', 'p6'].map((name) => ForeignPeer.start(name)));
    try {
      for (const peer of peers) await peer.registerWith(b);
      const deletion = (peer: ForeignPeer, { filename, uuid, sha1, sha256 }: Record<string, unknown>) =>
        peer.entry(String(filename), Buffer.from(String(filename)), {
          uuid,
          sha1,
          sha256,
          deleted: true,
          stamp: { wall_ms: Date.now() + 1_000, counter: 0, iss: peer.iss },
        });
      const answers = await Promise.all(
        peers.map((peer, index) =>
          peer.pushEntries(
            b,
            rows.items.slice(index * 3, index * 3 + 3).map((row) => deletion(peer, row)),
          ),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(new Array(6).fill(202));
      expect(await packagesOf(b)).toHaveLength(11); // nine deletes are fewer than MASS_DELETE_PACKAGES; the tenth makes a mass change
      expect((await heldAt(b)).total).toBe(9);
      // What is held stays held when it is sent again, and by another peer.
      await peers[0]!.pushEntries(
        b,
        rows.items.slice(9, 18).map((row) => deletion(peers[0]!, row)),
      );
      expect((await heldAt(b)).total).toBe(9);
      await hasState(b, names[9]!, 'Public');
    } finally {
      peers.forEach((peer) => peer.stop());
    }
  });

  it('has the name of before in its address, for scripts', async () => {
    await deleteFifteenAtA();
    expect(await b.ok('GET', '/api/admin/held_deletes')).toEqual(await heldAt(b));
    expect(await b.ok('POST', '/api/admin/held_deletes/apply', { filenames: [names[0]] })).toEqual({ count: 1 });
    expect(await b.ok('POST', '/api/admin/held_deletes/reject', {})).toEqual({ count: 14 });
  });
});
