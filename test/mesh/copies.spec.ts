import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';

interface Places {
  readonly everywhere: boolean;
  readonly status: string;
  readonly sentence: string;
  readonly copies: number;
  readonly copies_state: string;
  readonly servers: { name: string; state: string; sentence: string }[];
}
interface Counted {
  readonly uuid: string;
  readonly copies: number | null;
  readonly copies_state: string;
}

const DAYS_90 = 90 * 86_400_000;
const placesOf = (server: TestServer, name: string) => server.ok<Places>('GET', `/api/admin/packages/${name}/servers`);
const detailOf = (server: TestServer, name: string) => server.ok<Counted>('GET', `/api/admin/packages/${name}`);

const inDatabase = <T>({ dataDir }: TestServer, work: (database: InstanceType<typeof SqliteFile>) => T): T => {
  const database = new SqliteFile(path.join(dataDir, 'ods.sqlite'));
  try {
    return work(database);
  } finally {
    database.close();
  }
};
const eventsOf = (server: TestServer): string[] =>
  inDatabase(server, (db) =>
    (db.prepare("SELECT type FROM domain_event WHERE type LIKE 'package.copies%' ORDER BY id").all() as { type: string }[]).map(
      ({ type }) => type,
    ),
  );

describe('copies of a package in the mesh', () => {
  let cluster: TestCluster;
  afterEach(() => cluster.dispose());

  it('are known in lists soon after a package has arrived, although all packages are counted every few minutes only', async () => {
    cluster = await TestCluster.line(['a', 'b', 'c']);
    const a = cluster.at(0);
    await a.upload('new.pkg', 'new');
    await eventually(async () => expect(await detailOf(a, 'new.pkg')).toMatchObject({ copies: 3, copies_state: 'several' }), {
      timeoutMs: 60_000,
    });
  });

  it('are not counted at servers that have been silent for long, and the loss of the last ones is reported', async () => {
    cluster = await TestCluster.line(['a', 'b', 'c'], { COPIES_CONFIRM_SECONDS: 3, RECONCILE_SECONDS: 5 });
    const [a, b, c] = [cluster.at(0), cluster.at(1), cluster.at(2)];
    await a.upload('x.pkg', 'x');
    await eventually(async () => expect(await placesOf(a, 'x.pkg')).toMatchObject({ status: 'everywhere', copies: 3 }), {
      timeoutMs: 60_000,
    });
    await eventually(async () => expect(await detailOf(a, 'x.pkg')).toMatchObject({ copies: 3, copies_state: 'several' }), {
      timeoutMs: 60_000,
    });
    await Promise.all([b.kill9(), c.kill9()]);
    // A moment of silence changes nothing yet.
    expect(await placesOf(a, 'x.pkg')).toMatchObject({ everywhere: true, copies: 3 });
    await a.stop();
    inDatabase(a, (db) =>
      db.exec(`UPDATE server_state SET received_ms = received_ms - ${DAYS_90}; UPDATE peer SET last_seen_ms = last_seen_ms - ${DAYS_90}`),
    );
    await a.start();
    const silent = await placesOf(a, 'x.pkg');
    expect(silent).toMatchObject({ everywhere: false, status: 'partial', copies: 1, copies_state: 'one' });
    const day = new Date(Date.now() - DAYS_90).toISOString().slice(0, 10);
    for (const name of ['b', 'c']) expect(silent.sentence).toContain(`${name} had it when it last reported, on ${day}`);
    expect(await a.ok('GET', '/api/admin/network/packages')).toMatchObject({ items: [{ filename: 'x.pkg', copies: 1 }] });
    await eventually(() => expect(eventsOf(a)).toEqual(['package.copies_low']), { timeoutMs: 60_000 });
    const { uuid } = await detailOf(a, 'x.pkg');
    expect(await (await fetch(`${a.url}/metrics`)).text()).toContain('ods_packages_by_copies{copies="one"} 1');
    rmSync(path.join(a.dataDir, 'content', uuid));
    expect((await fetch(`${a.url}/share/x.pkg`)).status).toBe(503);
    await eventually(() => expect(eventsOf(a)).toEqual(['package.copies_low', 'package.copies_none']), { timeoutMs: 60_000 });
    expect(await detailOf(a, 'x.pkg')).toMatchObject({ copies: 0, copies_state: 'none' });
    // It comes back with a server that has it.
    await b.start();
    await eventually(async () => expect((await a.downloaded('x.pkg')).toString()).toBe('x'), { timeoutMs: 60_000 });
    await b.upload('y.pkg', 'y'); // which it reports at once, not with its next sign of life
    await eventually(async () => expect((await detailOf(a, 'x.pkg')).copies).toBe(2), { timeoutMs: 60_000 });
  });

  it('are counted where they are withdrawn; a package that no server admits is nowhere', async () => {
    cluster = await TestCluster.line(['a', 'b'], { COPIES_CONFIRM_SECONDS: 3 });
    const [a, b] = [cluster.at(0), cluster.at(1)];
    await a.upload('x.pkg', 'x');
    await b.downloaded('x.pkg');
    await a.ok('PATCH', '/api/admin/packages/x.pkg', { stage: 'Dev' });
    for (const server of [a, b]) {
      await eventually(
        async () =>
          expect(await placesOf(server, 'x.pkg')).toMatchObject({
            everywhere: false,
            status: 'nowhere',
            copies: 2,
            copies_state: 'several',
          }),
        { timeoutMs: 60_000 },
      );
    }
    expect(await a.ok('GET', '/api/admin/network/packages')).toMatchObject({ items: [{ filename: 'x.pkg', status: 'nowhere' }] });
  });
});
