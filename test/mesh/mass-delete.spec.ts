import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { catalogOf, packagesOf } from './packages.js';

interface HeldList {
  readonly items: { filename: string; kind: string; peer_name: string }[];
  readonly total: number;
}

const names = Array.from({ length: 20 }, (_, index) => `app-${String(index).padStart(2, '0')}.pkg`);
const heldAt = (server: TestServer) => server.ok<HeldList>('GET', '/api/admin/held_deletes');

describe('a mass delete', () => {
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

  /** Somebody at A really wants 15 of 20 packages gone, while B is not listening: B hears of all at once. */
  const deleteFifteenAtA = async (): Promise<void> => {
    await b.stop();
    for (const name of names.slice(0, 15)) await a.ok('DELETE', `/api/admin/packages/${name}?confirm=true`);
    await b.start();
    await eventually(async () => expect((await heldAt(b)).total).toBe(15), { timeoutMs: 60_000 });
  };

  it('asks whoever begins it, and is held at the other servers until somebody there decides', async () => {
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
    // Uploaded again, the name is no longer to be deleted.
    await a.upload(names[9]!, 'again');
    await eventually(async () => expect((await heldAt(b)).total).toBe(0));
    expect((await b.downloaded(names[9]!)).toString()).toBe('again');
  }, 120_000);

  it('is carried out when an administrator says so', async () => {
    await deleteFifteenAtA();
    expect(await packagesOf(b)).toHaveLength(20);
    expect(await b.ok('POST', '/api/admin/held_deletes/apply', { filenames: [names[0]] })).toEqual({ count: 1 });
    expect(await packagesOf(b)).toHaveLength(19);
    expect(await b.ok('POST', '/api/admin/held_deletes/apply', {})).toEqual({ count: 14 });
    expect(await catalogOf(b)).toEqual(await catalogOf(a));
    expect((await heldAt(b)).total).toBe(0);
    expect((await fetch(`${b.url}/share/${names[0]}`)).status).toBe(404);
  }, 120_000);

  it('is undone everywhere when an administrator rejects it', async () => {
    await deleteFifteenAtA();
    expect(await b.ok('POST', '/api/admin/held_deletes/reject', {})).toEqual({ count: 15 });
    await eventually(async () => expect(await catalogOf(a)).toEqual(await catalogOf(b)));
    expect(await packagesOf(b)).toHaveLength(20);
    for (const server of [a, b]) expect((await server.downloaded(names[3]!)).toString()).toBe(names[3]);
    expect((await heldAt(b)).total).toBe(0);
  }, 120_000);
});
