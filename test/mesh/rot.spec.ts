import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { hasState, sha256, someBytes } from './packages.js';

const MB = 1_048_576;

/** As if every content was read from disk last in 1970, and the time to look again has come. */
const makeDue = (server: TestServer): void => {
  const database = new SqliteFile(path.join(server.dataDir, 'ods.sqlite'));
  database.exec("UPDATE content SET verified_ms = 0; UPDATE job SET due_ms = 0 WHERE type = 'packages.scrub'");
  database.close();
};

/** Whether the digests of everything that came in have been computed. */
const isChecked = (server: TestServer): boolean => {
  const database = new SqliteFile(path.join(server.dataDir, 'ods.sqlite'), { readonly: true });
  try {
    return database.prepare('SELECT 1 FROM content WHERE digests_unverified = 1').get() === undefined;
  } finally {
    database.close();
  }
};

const flipABit = (server: TestServer, uuid: string): void => {
  const file = path.join(server.dataDir, 'content', uuid);
  const content = readFileSync(file);
  content[3 * MB + 5]! ^= 4;
  writeFileSync(file, content);
};

describe('bytes that rot on disk', () => {
  let cluster: TestCluster;
  let a: TestServer;
  let b: TestServer;
  const content = someBytes(8 * MB + 1);

  beforeEach(async () => {
    cluster = await TestCluster.line(['a', 'b'], { SCRUB_BYTES_PER_SECOND: '100M' });
    [a, b] = [cluster.at(0), cluster.at(1)];
    await a.upload('sound.pkg', 'sound');
    await a.upload('rotten.pkg', content);
    await hasState(b, 'sound.pkg', 'Public');
  });
  afterEach(() => cluster.dispose());

  it('are found by reading them now and then, and only what is damaged is fetched again', async () => {
    const { uuid } = await hasState(b, 'rotten.pkg', 'Public');
    await b.stop();
    flipABit(b, uuid);
    makeDue(b);
    await b.start();
    await b.logged('rotten.pkg: 8 of 9 blocks of the file on disk are right and are kept.');
    await hasState(b, 'rotten.pkg', 'Public');
    expect(sha256(await b.downloaded('rotten.pkg'))).toBe(sha256(content));
    await b.logged(`rotten.pkg (${uuid}) was found damaged on disk.`);
    expect(b.logs).not.toMatch(/sound\.pkg.*damaged/);
  });

  it('are not served while no peer has them, are kept, and are repaired when one has', async () => {
    const { uuid } = await hasState(b, 'rotten.pkg', 'Public');
    await eventually(() => expect(isChecked(b)).toBe(true)); // else that finds the damage first
    await a.stop();
    flipABit(b, uuid);
    expect(await b.ok('POST', '/api/admin/packages/rotten.pkg/verify')).toMatchObject({ intact: false });
    expect((await fetch(`${b.url}/share/rotten.pkg`)).status).toBe(404);
    await b.restart();
    expect((await fetch(`${b.url}/share/rotten.pkg`)).status).toBe(404);
    await a.start();
    await hasState(b, 'rotten.pkg', 'Public');
    await b.logged('rotten.pkg: 8 of 9 blocks of the file on disk are right and are kept.');
    expect(sha256(await b.downloaded('rotten.pkg'))).toBe(sha256(content));
  });
});
