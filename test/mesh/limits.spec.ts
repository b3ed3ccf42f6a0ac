import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { hasState, isGone, packagesOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;

interface TransferRow {
  readonly filename: string;
  readonly state: string;
  readonly error_code: string | null;
  readonly last_error: string | null;
  readonly verified_bytes: number;
}

const transferOf = async (server: TestServer, filename: string): Promise<TransferRow> => {
  const { items } = await server.ok<{ items: TransferRow[] }>('GET', '/api/admin/transfers');
  const found = items.find((row) => row.filename === filename);
  if (!found) throw new Error(`${server.name} has no transfer of ${filename}.`);
  return found;
};

const limit = (server: TestServer, change: object) => server.ok('PATCH', '/api/admin/replication', change);

describe('what replication may use', () => {
  let cluster: TestCluster;
  let a: TestServer;
  let b: TestServer;

  beforeAll(async () => {
    cluster = await TestCluster.line(['a', 'b']);
    [a, b] = [cluster.at(0), cluster.at(1)];
  });
  afterEach(async () => {
    const none = { paused: false, download_limit: null, upload_limit: null, max_transfers: null, connections_per_peer: null, window: null };
    for (const server of [a, b]) await limit(server, none);
    for (const server of [a, b]) {
      const { items } = await server.ok<{ items: { id: number }[] }>('GET', '/api/admin/registered_ods');
      await server.ok('PATCH', `/api/admin/registered_ods/${items[0]!.id}`, { download_limit: null, upload_limit: null });
    }
  });
  afterAll(() => cluster.dispose());

  /** How long a file of 6 MB takes from A to B, in milliseconds. */
  const timeOf = async (filename: string): Promise<number> => {
    const content = someBytes(6 * MB);
    const begun = performance.now();
    await a.upload(filename, content);
    await hasState(b, filename, 'Public', 60_000);
    const took = performance.now() - begun;
    expect(sha256(await b.downloaded(filename))).toBe(sha256(content));
    return took;
  };

  it('is a bandwidth, of the fetching server or of the giving one, of all peers or of one', async () => {
    const [peerOfA] = (await a.ok<{ items: { id: number }[] }>('GET', '/api/admin/registered_ods')).items;
    const [peerOfB] = (await b.ok<{ items: { id: number }[] }>('GET', '/api/admin/registered_ods')).items;
    const rate = 2 * MB;
    const ways: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
      ['fetching', () => limit(b, { download_limit: rate }), () => limit(b, { download_limit: null })],
      ['giving', () => limit(a, { upload_limit: rate }), () => limit(a, { upload_limit: null })],
      [
        'fetching from one',
        () => b.ok('PATCH', `/api/admin/registered_ods/${peerOfB!.id}`, { download_limit: rate }),
        () => b.ok('PATCH', `/api/admin/registered_ods/${peerOfB!.id}`, { download_limit: null }),
      ],
      [
        'giving to one',
        () => a.ok('PATCH', `/api/admin/registered_ods/${peerOfA!.id}`, { upload_limit: rate }),
        () => a.ok('PATCH', `/api/admin/registered_ods/${peerOfA!.id}`, { upload_limit: null }),
      ],
    ];
    for (const [name, set, unset] of ways) {
      await set();
      // Every process remembers for up to a second what it knew.
      await eventually(async () => expect(await timeOf(`${name}-${performance.now()}.pkg`)).toBeGreaterThan(2_400), { timeoutMs: 30_000 });
      await unset();
    }
  });

  it('is nothing while it is paused, also for what is under way; then it resumes where it was', async () => {
    const content = someBytes(12 * MB);
    await limit(b, { download_limit: MB });
    await a.upload('paused.dmg', content);
    await eventually(async () => expect((await transferOf(b, 'paused.dmg')).verified_bytes).toBeGreaterThan(MB), { timeoutMs: 30_000 });
    expect(await limit(b, { paused: true })).toMatchObject({ fetching: false, reason: 'Fetching is paused by an administrator.' });
    const halted = await eventually(async () => {
      const transfer = await transferOf(b, 'paused.dmg');
      expect(transfer).toMatchObject({ state: 'waiting', error_code: 'paused' });
      return transfer;
    });
    expect(halted.verified_bytes).toBeLessThan(12 * MB);
    await a.upload('later.pkg', someBytes(100));
    await eventually(async () => expect(await transferOf(b, 'later.pkg')).toMatchObject({ state: 'waiting', error_code: 'paused' }));
    await limit(b, { paused: false, download_limit: null });
    await hasState(b, 'paused.dmg', 'Public');
    await hasState(b, 'later.pkg', 'Public');
    expect(sha256(await b.downloaded('paused.dmg'))).toBe(sha256(content));
  });

  it('is nothing outside of its window', async () => {
    const hour = new Date().getUTCHours();
    const clock = (hours: number) => `${String((hours + 24) % 24).padStart(2, '0')}:00`;
    const later = { from: clock(hour + 3), to: clock(hour + 4), time_zone: 'UTC' };
    expect(await limit(b, { window: later })).toMatchObject({ fetching: false, window: later });
    await a.upload('at-night.pkg', someBytes(100));
    await eventually(async () =>
      expect(await transferOf(b, 'at-night.pkg')).toMatchObject({ state: 'waiting', error_code: 'outside-window' }),
    );
    expect((await transferOf(b, 'at-night.pkg')).last_error).toContain(`between ${later.from} and ${later.to} (UTC)`);
    await limit(b, { window: { from: clock(hour - 2), to: clock(hour + 2), time_zone: 'UTC' } });
    await hasState(b, 'at-night.pkg', 'Public');
  });

  it('refuses what makes no sense, in words', async () => {
    const wrong: [object, string][] = [
      [{ download_limit: 5 }, '/download_limit'],
      [{ max_transfers: 0 }, '/max_transfers'],
      [{ window: { from: '25:00', to: '06:00', time_zone: 'UTC' } }, '/window/from'],
      [{ window: { from: '22:00', to: '06:00', time_zone: 'Middle/Earth' } }, '/window/time_zone'],
      [{ speed: 3 }, '/speed'],
    ];
    for (const [change, pointer] of wrong) {
      const { status, body } = await b.api('PATCH', '/api/admin/replication', change);
      expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining(pointer)]);
    }
    expect(await b.ok('GET', '/api/admin/replication')).toMatchObject({ fetching: true, download_limit: null, window: null });
  });
});

describe('blocks that a server has already', () => {
  let cluster: TestCluster;
  let a: TestServer;
  let b: TestServer;

  beforeAll(async () => {
    cluster = await TestCluster.line(['a', 'b']);
    [a, b] = [cluster.at(0), cluster.at(1)];
  });
  afterAll(() => cluster.dispose());

  it('are copied instead of fetched: of an earlier version, of one with another number, of a deleted one', async () => {
    const first = someBytes(20 * MB + 5);
    await a.upload('Firefox-121.0.pkg', first);
    await hasState(b, 'Firefox-121.0.pkg', 'Public');

    const second = Buffer.from(first);
    second.fill(7, 3 * MB + 10, 3 * MB + 20);
    await a.upload('Firefox-121.0.pkg', second, { replace: 'true' });
    await eventually(async () => expect(sha256(await b.downloaded('Firefox-121.0.pkg'))).toBe(sha256(second)));
    await b.logged('Firefox-121.0.pkg: 20 of 21 blocks were on this server already.');

    await a.upload('Firefox-122.0.pkg', first);
    await hasState(b, 'Firefox-122.0.pkg', 'Public');
    expect(sha256(await b.downloaded('Firefox-122.0.pkg'))).toBe(sha256(first));
    await b.logged('Firefox-122.0.pkg: 21 of 21 blocks were on this server already.');

    await a.ok('DELETE', '/api/admin/packages/Firefox-121.0.pkg');
    await isGone(b, 'Firefox-121.0.pkg');
    await a.upload('Firefox-123.0.pkg', second);
    await hasState(b, 'Firefox-123.0.pkg', 'Public');
    await b.logged('Firefox-123.0.pkg: 21 of 21 blocks were on this server already.');
    expect(await packagesOf(b)).toHaveLength(2);
  });
});
