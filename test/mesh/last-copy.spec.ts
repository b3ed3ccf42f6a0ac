import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { ForeignPeer } from '../support/foreign-peer.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { hasState, packagesOf } from './packages.js';

/** No retention, so that what is withdrawn may go at once; the guard is another test's. */
const settings = { RETENTION_DAYS: 0, MASS_DELETE_PERCENT: 100, PEER_TIMEOUT_MS: 2_000, RECONCILE_SECONDS: 10 };

const contentsOf = ({ dataDir }: TestServer): Set<string> => {
  const directory = path.join(dataDir, 'content');
  return new Set(existsSync(directory) ? readdirSync(directory).filter((name) => /^[0-9a-f]{32}$/.test(name)) : []);
};

const inDatabase = <T>({ dataDir }: TestServer, work: (database: InstanceType<typeof SqliteFile>) => T): T => {
  const database = new SqliteFile(path.join(dataDir, 'ods.sqlite'));
  try {
    database.pragma('busy_timeout = 5000');
    return work(database);
  } finally {
    database.close();
  }
};

/** The retirement job runs at once, and what was postponed is due again. */
const retireNow = (server: TestServer): void =>
  inDatabase(server, (database) => {
    database.exec("UPDATE content SET retire_after_ms = 0 WHERE state = 'withdrawn'");
    database.exec("UPDATE job SET due_ms = 0 WHERE type = 'packages.retire-content' AND state = 'due'");
  });

/** What entries mean that are not deleted, at any of the servers. */
const referred = (servers: readonly TestServer[]): Set<string> =>
  new Set(
    servers
      .flatMap((server) =>
        inDatabase(server, (database) => database.prepare('SELECT uuid FROM package WHERE deleted = 0').all() as { uuid: string }[]),
      )
      .map(({ uuid }) => uuid),
  );

const lostAmong = (servers: readonly TestServer[], uuids: Iterable<string>): string[] => {
  const copies = new Set(servers.flatMap((server) => [...contentsOf(server)]));
  return [...uuids].filter((uuid) => !copies.has(uuid));
};

const allHave = (server: TestServer, names: readonly string[], status: string): Promise<void> =>
  eventually(
    async () => {
      const rows = new Map((await packagesOf(server)).map((row) => [row.filename, row.status]));
      expect(names.filter((name) => rows.get(name) !== status)).toEqual([]);
    },
    { timeoutMs: 60_000 },
  );

async function uploadAll(server: TestServer, names: readonly string[]): Promise<void> {
  for (const name of names) await server.upload(name, `${name} ${server.name}`);
}
const demoteAll = async (server: TestServer, names: readonly string[]): Promise<void> => {
  for (const name of names) await server.ok('PATCH', `/api/admin/packages/${name}`, { stage: 'Dev' });
};

describe('the last copy of a package that no server serves', () => {
  let cluster: TestCluster;
  afterEach(() => cluster.dispose());

  it('stays at one of two servers that would both remove theirs', async () => {
    cluster = await TestCluster.line(['a', 'b'], settings);
    const [a, b] = [cluster.at(0), cluster.at(1)];
    const names = Array.from({ length: 30 }, (_, index) => `p${index}.pkg`);
    await uploadAll(a, names);
    await allHave(b, names, 'Public');
    await demoteAll(a, names);
    for (const server of [a, b]) await allHave(server, names, 'Withdrawn');
    const uuids = [...referred([a, b])];
    for (const server of [a, b]) retireNow(server);
    await eventually(() => {
      expect(lostAmong([a, b], uuids)).toEqual([]);
      const copies = [a, b].reduce((sum, server) => sum + uuids.filter((uuid) => contentsOf(server).has(uuid)).length, 0);
      expect(copies).toBe(30); // one of the two gave its copy up, so that the disk is free
    });
    // The promise outlives the one who gave it, also when he asks again at once and after a restart.
    await b.kill9();
    for (const server of [a, b]) retireNow(server);
    await b.start();
    for (const server of [a, b]) retireNow(server);
    for (const name of names.slice(0, 3)) await a.ok('PATCH', `/api/admin/packages/${name}`, { stage: 'Prod' });
    for (const server of [a, b]) {
      for (const name of names.slice(0, 3)) expect((await server.downloaded(name)).toString()).toBe(`${name} a`);
    }
    expect(lostAmong([a, b], uuids)).toEqual([]);
  });

  it('stays while servers are killed, one is dark, and all of them would remove theirs', async () => {
    cluster = await TestCluster.mesh(['a', 'b', 'c', 'dark'], settings);
    const servers = cluster.servers.slice(0, 3);
    const everyone = cluster.servers;
    await cluster.at(3).kill9();
    let running = true;
    const losses: string[] = [];
    const watch = (async () => {
      while (running) {
        losses.push(...lostAmong(everyone, referred(servers)));
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    })();
    try {
      for (let round = 0; round < 3; round += 1) {
        const names = Array.from({ length: 12 }, (_, index) => `r${round}-${index}.pkg`);
        const origin = servers[round]!;
        await uploadAll(origin, names);
        for (const server of servers) await allHave(server, names, 'Public');
        await demoteAll(origin, names);
        for (const server of servers) await allHave(server, names, 'Withdrawn');
        for (const server of servers) retireNow(server);
        const victim = servers[(round + 1) % 3]!;
        await eventually(() =>
          expect(contentsOf(servers[0]!).size + contentsOf(servers[1]!).size + contentsOf(servers[2]!).size).toBeLessThan(36 * (round + 1)),
        );
        await victim.kill9();
        for (const server of servers) retireNow(server);
        await origin.ok('DELETE', `/api/admin/packages/${names[0]}`);
        await victim.start();
        for (const server of servers) retireNow(server);
        await origin.ok('PATCH', `/api/admin/packages/${names[1]}`, { stage: 'Prod' });
        for (const server of servers) await hasState(server, names[1]!, 'Public');
      }
    } finally {
      running = false;
      await watch;
    }
    expect(losses).toEqual([]);
    expect(lostAmong(servers, referred(servers))).toEqual([]);
  });

  it.each([
    ['withdrew it, too: that one removes its own as soon as it sees ours', 'Prod', true],
    ['serves it at its stage', 'Dev', false],
  ] as const)('counts the copy of a server of the version before: not when it %s', async (_, stage, stays) => {
    cluster = await TestCluster.start(['new'], settings);
    const server = cluster.at(0);
    const earlier = await ForeignPeer.start('earlier', { stage });
    try {
      await earlier.registerWith(server);
      let asked = 0;
      earlier.json('packages', () => {
        asked += 1;
        return { complete: true, count: 1 };
      });
      await server.upload('tool.pkg', 'tool', { stage: 'Dev' });
      const { uuid } = await hasState(server, 'tool.pkg', 'Withdrawn');
      retireNow(server);
      await eventually(() =>
        expect(inDatabase(server, (db) => db.prepare('SELECT retire_after_ms AS due FROM content').all())).not.toEqual([{ due: 0 }]),
      );
      await eventually(() => expect(contentsOf(server).has(uuid)).toBe(stays)); // the file goes after its row
      expect(asked).toBe(stays ? 0 : 1);
    } finally {
      earlier.stop();
    }
  });

  it('stays when no server answers', async () => {
    cluster = await TestCluster.line(['a', 'b'], settings);
    const a = cluster.at(0);
    await a.upload('tool.pkg', 'tool', { stage: 'Dev' });
    const { uuid } = await hasState(a, 'tool.pkg', 'Withdrawn');
    await cluster.at(1).kill9();
    retireNow(a);
    await eventually(() =>
      expect(inDatabase(a, (db) => db.prepare('SELECT retire_after_ms AS due FROM content').all())).not.toEqual([{ due: 0 }]),
    );
    expect(contentsOf(a).has(uuid)).toBe(true);
  });
});
