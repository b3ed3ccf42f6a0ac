import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import { catalogOf, hasState, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const names = ['one', 'two', 'three', 'four'];

describe.each([
  ['a line', () => TestCluster.line(names)],
  ['a ring', () => TestCluster.ring(names)],
  ['a full mesh', () => TestCluster.mesh(names)],
])('four servers in %s', (_, make) => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await make();
  });
  afterAll(() => cluster.dispose());

  it('all get what is uploaded at any of them', async () => {
    const contents = new Map(names.map((name) => [`from-${name}.pkg`, someBytes(3 * MB + 5)]));
    await Promise.all(cluster.servers.map((server) => server.upload(`from-${server.name}.pkg`, contents.get(`from-${server.name}.pkg`)!)));
    for (const server of cluster.servers) {
      for (const [name, content] of contents) expect(sha256(await server.downloaded(name, 60_000))).toBe(sha256(content));
    }
  });

  it('agree on one content when all upload the same name at once', async () => {
    const contents = names.map(() => someBytes(MB));
    await Promise.all(cluster.servers.map((server, index) => server.upload('contested.pkg', contents[index]!)));
    await eventually(
      async () => {
        const hashes = await Promise.all(cluster.servers.map(async (server) => (await hasState(server, 'contested.pkg', 'Public')).sha256));
        expect(new Set(hashes).size).toBe(1);
        expect(contents.map(sha256)).toContain(hashes[0]);
      },
      { timeoutMs: 30_000 },
    );
    const [first, ...others] = await Promise.all(cluster.servers.map(catalogOf));
    for (const other of others) expect(other).toEqual(first);
  });
});

describe('servers of different stages', () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await TestCluster.line(['dev', 'test', 'prod']);
    await cluster.at(0).ok('POST', '/api/admin/about/update', { stage: 'Dev' });
    await cluster.at(1).ok('POST', '/api/admin/about/update', { stage: 'Test' });
  });
  afterAll(() => cluster.dispose());

  it('hold what their stage admits, and get a package when it is promoted', async () => {
    const [dev, test, prod] = [cluster.at(0), cluster.at(1), cluster.at(2)];
    const content = someBytes(2 * MB);
    await dev.upload('tool.pkg', content, { stage: 'Dev' });
    await hasState(test, 'tool.pkg', 'Withdrawn');
    await hasState(prod, 'tool.pkg', 'Withdrawn');
    await dev.ok('PATCH', '/api/admin/packages/tool.pkg', { stage: 'Test' });
    await hasState(test, 'tool.pkg', 'Public');
    await hasState(prod, 'tool.pkg', 'Withdrawn');
    await test.ok('PATCH', '/api/admin/packages/tool.pkg', { stage: 'Prod' });
    await hasState(prod, 'tool.pkg', 'Public');
    expect(sha256(await prod.downloaded('tool.pkg'))).toBe(sha256(content));
    await prod.ok('PATCH', '/api/admin/packages/tool.pkg', { stage: 'Dev' });
    await hasState(test, 'tool.pkg', 'Withdrawn');
    await hasState(dev, 'tool.pkg', 'Public');
  });
});
