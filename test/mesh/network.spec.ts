import { eventually } from '../support/eventually.js';
import { type About, TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { someBytes } from './packages.js';

interface Network {
  readonly servers: { iss: string; name: string; relation: string; status: string; sentence: string; issued_ts: number }[];
  readonly links: { from: string; to: string }[];
  readonly totals: { servers: number; in_sync: number; packages: number; incomplete_packages: number };
}
interface Places {
  readonly filename: string;
  readonly everywhere: boolean;
  readonly sentence: string;
  readonly servers: { name: string; state: string; percent: number | null; sentence: string }[];
}

const patience = { timeoutMs: 120_000, everyMs: 250 };
const networkOf = (server: TestServer) => server.ok<Network>('GET', '/api/admin/network');
const placesOf = (server: TestServer, filename: string) => server.ok<Places>('GET', `/api/admin/packages/${filename}/servers`);
const statesOf = async (server: TestServer, filename: string): Promise<Record<string, string>> =>
  Object.fromEntries((await placesOf(server, filename)).servers.map(({ name, state }) => [name, state]));

describe('the network of a line of four servers', () => {
  let cluster: TestCluster;
  let a: TestServer;
  let d: TestServer;
  let about: About[];

  beforeAll(async () => {
    cluster = await TestCluster.line(['a', 'b', 'c', 'd']);
    [a, d] = [cluster.at(0), cluster.at(3)];
    about = await Promise.all(cluster.servers.map((server) => cluster.about(server)));
    for (const server of cluster.servers.slice(0, 3)) await server.ok('POST', '/api/admin/about/update', { stage: 'Dev' });
  });
  afterAll(() => cluster.dispose());

  it('shows every server at every server, also those that are not registered with it', async () => {
    await eventually(async () => {
      const views = await Promise.all(cluster.servers.map(networkOf));
      for (const { totals } of views) expect(totals).toMatchObject({ servers: 4, in_sync: 4 });
      // The name that a server was given last comes with its next summary.
      expect(views[0]!.servers.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd']);
    }, patience);
    const { servers, links } = await networkOf(a);
    expect(servers.map(({ name, relation }) => `${name} ${relation}`).sort()).toEqual(['a self', 'b peer', 'c known', 'd known']);
    const iss = about.map((each) => each.iss);
    const pair = (from: number, to: number) => [iss[from], iss[to]].sort().join();
    expect(links.map(({ from, to }) => [from, to].sort().join()).sort()).toEqual([pair(0, 1), pair(1, 2), pair(2, 3)].sort());
  });

  it('says where a package is, and follows its promotion', async () => {
    await a.upload('tool.pkg', someBytes(3_000_000), { stage: 'Test' });
    await eventually(async () => {
      expect(await statesOf(a, 'tool.pkg')).toEqual({ a: 'held', b: 'held', c: 'held', d: 'not_wanted' });
      expect(await statesOf(d, 'tool.pkg')).toEqual({ a: 'held', b: 'held', c: 'held', d: 'not_wanted' });
    }, patience);
    const before = await placesOf(a, 'tool.pkg');
    expect(before).toMatchObject({ everywhere: true, sentence: 'It is everywhere it belongs: on 3 servers.' });
    await a.ok('PATCH', '/api/admin/packages/tool.pkg', { stage: 'Prod' });
    await eventually(
      async () =>
        expect(await placesOf(a, 'tool.pkg')).toMatchObject({ everywhere: true, sentence: 'It is everywhere it belongs: on 4 servers.' }),
      patience,
    );
    expect((await d.downloaded('tool.pkg')).length).toBe(3_000_000);
    const all = await a.ok<{ items: Places[]; next: null }>('GET', '/api/admin/network/packages?state=all');
    expect(all).toMatchObject({ items: [{ filename: 'tool.pkg', everywhere: true }], next: null });
    expect(await a.ok('GET', '/api/admin/network/packages')).toEqual({ items: [], next: null });
  });

  it('says why a package is not where it belongs: a full disk at a server that is not registered here', async () => {
    await d.restart({ DISK_RESERVE_BYTES: '1000T' });
    await a.upload('large.pkg', someBytes(2_000_000), { stage: 'Prod' });
    await eventually(async () => {
      const { sentence, everywhere, servers } = await placesOf(a, 'large.pkg');
      expect(servers.find(({ name }) => name === 'd')).toMatchObject({ state: 'missing', percent: 0 });
      expect(everywhere).toBe(false);
      expect(sentence).toMatch(/^It is on 3 of the 4 servers it belongs on\. d has not got it: There is not enough free disk space/);
    }, patience);
    const page = await a.ok<{ items: Places[] }>('GET', '/api/admin/network/packages?state=incomplete');
    expect(page.items.map(({ filename }) => filename)).toEqual(['large.pkg']);
    await d.restart();
    await eventually(async () => expect((await placesOf(a, 'large.pkg')).everywhere).toBe(true), patience);
  });

  it('distinguishes a stopped server from one that has everything, and forgets one that is gone', async () => {
    await d.stop();
    await a.upload('later.pkg', 'later', { stage: 'Prod' });
    const c = cluster.at(2);
    await eventually(async () => {
      const { servers } = await networkOf(c);
      expect(servers.find(({ name }) => name === 'd')).toMatchObject({ status: 'unreachable', relation: 'peer' });
      expect(await statesOf(a, 'later.pkg')).toEqual({ a: 'held', b: 'held', c: 'held', d: 'unknown' });
    }, patience);
    const dIss = about[3]!.iss;
    expect((await c.api('DELETE', `/api/admin/network/${dIss}`)).status).toBe(409);
    expect((await a.api('DELETE', `/api/admin/network/${about[0]!.iss}`)).status).toBe(409);
    expect((await a.api('DELETE', `/api/admin/network/${'0'.repeat(32)}`)).status).toBe(404);
    await a.ok('DELETE', `/api/admin/network/${dIss}`);
    await eventually(async () => expect((await placesOf(a, 'later.pkg')).everywhere).toBe(true), patience);
    expect((await networkOf(a)).totals.servers).toBe(3);
    await d.start();
    await eventually(async () => expect(await statesOf(a, 'later.pkg')).toMatchObject({ d: 'held' }), patience);
  });
});
