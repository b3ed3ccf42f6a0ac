import { eventually } from '../support/eventually.js';
import { ForeignPeer } from '../support/foreign-peer.js';
import { TestCluster } from '../support/test-cluster.js';
import { TestServer } from '../support/test-server.js';
import { hasState, isGone, packagesOf, sha256, someBytes } from './packages.js';

interface Refused {
  readonly id: number;
  readonly filename: string;
  readonly code: string;
  readonly acceptable: boolean;
  readonly author_iss: string;
}

const refusedAt = async (server: TestServer): Promise<Refused[]> =>
  (await server.ok<{ items: Refused[] }>('GET', '/api/admin/refused_writes')).items;
const uploadOver = (server: TestServer, filename: string, content: Buffer<ArrayBuffer>) =>
  server.upload(filename, content, { replace: 'true' });

describe('what a server accepts from another one', () => {
  let cluster: TestCluster;
  const iss: Record<string, string> = {};
  beforeAll(async () => {
    // branch – middle – office: what the branch writes reaches the office through the middle
    cluster = await TestCluster.line(['branch', 'middle', 'office'], { RECONCILE_SECONDS: '3' });
    for (const server of cluster.servers) iss[server.name] = (await cluster.about(server)).iss;
  });
  afterAll(() => cluster.dispose());

  it('is everything at first, and each server decides for itself what it is from then on', async () => {
    const [branch, middle, office] = [cluster.at(0), cluster.at(1), cluster.at(2)];
    await branch.upload('agent.pkg', someBytes(100));
    await hasState(office, 'agent.pkg', 'Public');
    const bytes = someBytes(200);
    await office.upload('office.pkg', bytes);
    await hasState(branch, 'office.pkg', 'Public');
    const { items } = await office.ok<{ items: { iss: string; preset: string }[] }>('GET', '/api/admin/authors');
    expect(items.find((author) => author.iss === iss['branch'])).toMatchObject({ preset: 'full', is_default: true });
    await office.ok('PUT', `/api/admin/authors/${iss['branch']!}/rights`, { preset: 'publish-to-dev' });
    expect((await uploadOver(branch, 'office.pkg', someBytes(201))).status).toBe(201);
    await branch.ok('DELETE', '/api/admin/packages/agent.pkg');
    await isGone(middle, 'agent.pkg');
    await eventually(async () => {
      const refused = await refusedAt(office);
      expect(refused.map(({ filename, code, acceptable, author_iss }) => [filename, code, acceptable, author_iss]).sort()).toEqual([
        ['agent.pkg', 'rights', true, iss['branch']],
        ['office.pkg', 'rights', true, iss['branch']],
      ]);
    });
    expect((await packagesOf(office)).map(({ filename, sha256: digest }) => [filename, digest])).toContainEqual([
      'office.pkg',
      sha256(bytes),
    ]);
    expect(sha256(await office.downloaded('office.pkg'))).toBe(sha256(bytes));
  });

  it('an administrator accepts what was refused, and it counts as if it had come then', async () => {
    const office = cluster.at(2);
    const deletion = (await refusedAt(office)).find(({ filename }) => filename === 'agent.pkg')!;
    await office.ok('POST', `/api/admin/refused_writes/${deletion.id}/accept`);
    await isGone(office, 'agent.pkg');
    expect((await refusedAt(office)).map(({ filename }) => filename)).toEqual(['office.pkg']);
    expect((await office.api('POST', `/api/admin/refused_writes/${deletion.id}/accept`)).status).toBe(404);
    const audit = await office.ok<{ items: { action: string; subject: string }[] }>('GET', '/api/admin/audit?action=write.accepted');
    expect(audit.items).toMatchObject([{ subject: 'agent.pkg' }]);
  });

  it('custom rights need their fields, and only known authors have any', async () => {
    const office = cluster.at(2);
    const path = `/api/admin/authors/${iss['branch']!}/rights`;
    expect((await office.api('PUT', path, { preset: 'custom' })).status).toBe(400);
    expect((await office.api('PUT', path, { preset: 'owner' })).status).toBe(400);
    expect((await office.api('PUT', `/api/admin/authors/${'9'.repeat(32)}/rights`, { preset: 'full' })).status).toBe(404);
    const rights = { publish: true, replace: false, promote: false, delete: false, max_stage: 'Prod', names: ['branch-*'] };
    expect(await office.ok('PUT', path, { preset: 'custom', rights })).toMatchObject({ preset: 'custom', rights, is_default: false });
    const branch = cluster.at(0);
    await branch.upload('Branch-tool.pkg', someBytes(10));
    await branch.upload('other-tool.pkg', someBytes(10));
    await hasState(office, 'Branch-tool.pkg', 'Public');
    await eventually(async () => expect((await refusedAt(office)).map(({ filename }) => filename)).toContain('other-tool.pkg'));
    expect((await packagesOf(office)).map(({ filename }) => filename)).not.toContain('other-tool.pkg');
  });
});

describe('a new server', () => {
  it('has the rights of NEW_SERVER_RIGHTS; what is forged can never be accepted', async () => {
    const server = await TestServer.start('strict', { NEW_SERVER_RIGHTS: 'receive-only' });
    await server.ok('POST', '/api/admin/about/update', { name: 'strict', url: server.url });
    const peer = await ForeignPeer.start('peer');
    await peer.registerWith(server);
    await peer.pushEntries(server, [peer.entry('new.pkg', someBytes(5))]);
    const forged = peer.item(peer.entry('forged.pkg', someBytes(5)));
    (forged['writes'] as { sig: string }[]).forEach((write) => (write.sig = 'A'.repeat(86)));
    await peer.push(server, 0, [forged]);
    expect(await packagesOf(server)).toEqual([]);
    const refused = await refusedAt(server);
    expect(refused.map(({ filename, code, acceptable }) => [filename, code, acceptable])).toEqual([
      ['forged.pkg', 'signature', false],
      ['new.pkg', 'rights', true],
    ]);
    expect((await server.api('POST', `/api/admin/refused_writes/${refused[0]!.id}/accept`)).status).toBe(409);
    await server.ok('POST', `/api/admin/refused_writes/${refused[1]!.id}/accept`);
    expect((await packagesOf(server)).map(({ filename }) => filename)).toEqual(['new.pkg']);
    peer.stop();
    await server.dispose();
  });
});
