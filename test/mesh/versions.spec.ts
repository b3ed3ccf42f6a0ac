import { eventually } from '../support/eventually.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { hasState, packagesOf, sha256, someBytes } from './packages.js';

interface Version {
  readonly uuid: string;
  readonly sha256: string;
  readonly reason: string;
  readonly here: boolean;
  readonly author_iss: string;
}

const versionsOf = async (server: TestServer, filename: string): Promise<Version[]> =>
  (await server.ok<{ items: Version[] }>('GET', `/api/admin/packages/${filename}/versions`)).items;
const digestAt = async (server: TestServer, filename: string) =>
  (await packagesOf(server)).find((row) => row.filename === filename)?.sha256;
const uploadOver = (server: TestServer, filename: string, content: Buffer<ArrayBuffer>) =>
  server.upload(filename, content, { replace: 'true' });

describe('versions that are not in force', () => {
  let cluster: TestCluster;
  let a: TestServer;
  let b: TestServer;
  beforeAll(async () => {
    cluster = await TestCluster.line(['a', 'b'], { RECONCILE_SECONDS: '3' });
    [a, b] = [cluster.at(0), cluster.at(1)];
  });
  afterAll(() => cluster.dispose());

  it('a replaced and a deleted one are listed at both servers, and restored at the other one by uuid', async () => {
    const [first, second] = [someBytes(1_000), someBytes(2_000)];
    await a.upload('tool.pkg', first);
    await hasState(b, 'tool.pkg', 'Public');
    expect(await versionsOf(b, 'tool.pkg')).toEqual([]);
    await uploadOver(a, 'tool.pkg', second);
    await eventually(async () => expect(await digestAt(b, 'tool.pkg')).toBe(sha256(second)));
    for (const server of [a, b])
      expect(await versionsOf(server, 'tool.pkg')).toMatchObject([{ sha256: sha256(first), reason: 'replaced' }]);
    await a.ok('DELETE', '/api/admin/packages/tool.pkg');
    await eventually(async () => expect((await versionsOf(b, 'tool.pkg')).map(({ reason }) => reason)).toEqual(['deleted', 'replaced']));
    const [deleted, replaced] = await versionsOf(b, 'tool.pkg');
    await b.ok('POST', `/api/admin/packages/tool.pkg/restore?uuid=${replaced!.uuid}`);
    await eventually(async () => expect(await digestAt(a, 'tool.pkg')).toBe(sha256(first)));
    expect((await versionsOf(b, 'tool.pkg')).map(({ uuid }) => uuid)).toContain(deleted!.uuid);
    const answer = await b.api('POST', `/api/admin/packages/tool.pkg/restore?uuid=${'9'.repeat(32)}`);
    expect([answer.status, (await b.api('GET', '/api/admin/packages/none.pkg/versions')).status]).toEqual([409, 404]);
  });

  it('a conflict is an event at both servers, which list and can restore the one that lost', async () => {
    await a.upload('both.pkg', someBytes(100));
    await hasState(b, 'both.pkg', 'Public');
    const [atA, atB] = [someBytes(110), someBytes(120)];
    await b.stop();
    await uploadOver(a, 'both.pkg', atA);
    await a.stop();
    await b.start();
    await uploadOver(b, 'both.pkg', atB); // later: this one wins
    await a.start();
    for (const server of [a, b]) {
      await eventually(async () => {
        expect(await digestAt(server, 'both.pkg')).toBe(sha256(atB));
        expect((await versionsOf(server, 'both.pkg')).filter(({ reason }) => reason === 'conflict')).toMatchObject([
          { sha256: sha256(atA), author_iss: (await cluster.about(a)).iss },
        ]);
      });
    }
    const lost = (await versionsOf(b, 'both.pkg')).find(({ reason }) => reason === 'conflict')!;
    await b.ok('POST', `/api/admin/packages/both.pkg/restore?uuid=${lost.uuid}`);
    // Where its bytes are not, they are fetched from the server that has them.
    await hasState(b, 'both.pkg', 'Public');
    await eventually(async () => expect(sha256(await b.downloaded('both.pkg'))).toBe(sha256(atA)));
    await eventually(async () => expect(await digestAt(a, 'both.pkg')).toBe(sha256(atA)));
  });
});
