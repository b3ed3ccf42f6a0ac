import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import { TestServer } from '../support/test-server.js';
import { catalogOf, hasState, packagesOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const PACKAGES = 90;

const sizeOf = (number: number): number => [0, 1, 4_000, 65_536, 300_000][number % 5]!;
const nameOf = (number: number): string => `small-${number}.pkg`;

/** As the server writes each when it fetched many packages with one request. */
const fetchedTogether = ({ logs }: TestServer): number =>
  [...logs.matchAll(/(\d+) small packages have arrived/g)].reduce((sum, [, count]) => sum + Number(count), 0);

describe('a server that joins one with many small packages', () => {
  const contents = new Map(Array.from({ length: PACKAGES }, (_, number) => [nameOf(number), someBytes(sizeOf(number))]));
  const damaged = 'damaged.pkg';
  let cluster: TestCluster;
  let full: TestServer;
  let empty: TestServer;

  beforeAll(async () => {
    cluster = await TestCluster.start(['full', 'empty']);
    [full, empty] = [cluster.at(0), cluster.at(1)];
    contents.set('block.pkg', someBytes(MB));
    contents.set('large.pkg', someBytes(2 * MB + 1));
    for (const [name, content] of contents) expect((await full.upload(name, content)).status).toBe(201);
    const { body } = await full.upload<{ uuid: string }>(damaged, someBytes(20_000));
    writeFileSync(path.join(full.dataDir, 'content', body.uuid), someBytes(20_000)); // bit rot that is not detected yet
    await full.upload('withdrawn.pkg', someBytes(500), { stage: 'Dev' });
    await full.upload('deleted.pkg', someBytes(600));
    await full.ok('DELETE', '/api/admin/packages/deleted.pkg');
    await cluster.register(empty, full);
  });
  afterAll(() => cluster.dispose());

  it('has them all, byte for byte, and most came together', async () => {
    await eventually(
      async () => {
        const { total } = await empty.ok<{ total: number }>('GET', '/api/admin/packages?status=Public&limit=1');
        expect(total).toBe(contents.size);
      },
      { timeoutMs: 120_000 },
    );
    for (const [name, content] of contents) expect(sha256(await empty.downloaded(name))).toBe(sha256(content));
    expect(await catalogOf(empty)).toEqual(await catalogOf(full));
    await eventually(() => expect(fetchedTogether(empty)).toBeGreaterThan(PACKAGES / 2));
  });

  it('shows them as transfers that are done', async () => {
    await eventually(async () => {
      const { items } = await empty.ok<{ items: { filename: string; state: string; verified_bytes: number }[] }>(
        'GET',
        '/api/admin/transfers',
      );
      const done = items.filter(
        ({ filename, state, verified_bytes: bytes }) => state === 'done' && bytes === contents.get(filename)?.length,
      );
      expect(done.length).toBeGreaterThan(PACKAGES / 2);
    });
  });

  it('does not take what is not as its entry says, and serves nothing of it', async () => {
    const failed = await hasState(empty, damaged, 'Failed', 60_000);
    expect((await fetch(`${empty.url}/share/${failed.filename}`)).status).toBe(404);
    expect((await packagesOf(empty)).find(({ filename }) => filename === 'withdrawn.pkg')?.status).toBe('Withdrawn');
  });

  it('passes on what it received', async () => {
    const next = await TestServer.start('next');
    try {
      await next.ok('POST', '/api/admin/about/update', { name: 'next', url: next.url });
      await full.stop();
      await cluster.register(next, empty);
      await eventually(
        async () => expect(await next.ok('GET', '/api/admin/packages?status=Public&limit=1')).toMatchObject({ total: contents.size }),
        {
          timeoutMs: 120_000,
        },
      );
      // How many depends on how busy both are; it is written down after they are served.
      await eventually(() => expect(fetchedTogether(next)).toBeGreaterThan(0));
    } finally {
      await next.dispose();
      await full.start();
    }
  });
});
