import path from 'node:path';
import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { eventually } from '../support/eventually.js';
import { ForeignPeer } from '../support/foreign-peer.js';
import { TestCluster } from '../support/test-cluster.js';
import { TestServer } from '../support/test-server.js';
import { hasState, packagesOf, someBytes } from './packages.js';

interface Created {
  readonly id: number;
  readonly preset: string | null;
  readonly url: string;
  readonly iss_id: string;
  readonly key: string;
}

interface Refused {
  readonly filename: string;
  readonly code: string;
  readonly author_iss: string;
}

interface Author {
  readonly iss: string;
  readonly preset: string;
  readonly is_default: boolean;
}

const inviteTo = (server: TestServer, body: object): Promise<Created> => server.ok<Created>('POST', '/api/admin/invitations', body);
const refusedAt = async (server: TestServer): Promise<Refused[]> =>
  (await server.ok<{ items: Refused[] }>('GET', '/api/admin/refused_writes')).items;
const authorAt = async (server: TestServer, iss: string): Promise<Author | undefined> =>
  (await server.ok<{ items: Author[] }>('GET', '/api/admin/authors')).items.find((author) => author.iss === iss);
const registrationsAt = async (server: TestServer): Promise<{ subject: string; details: object }[]> =>
  (await server.ok<{ items: { subject: string; details: object }[] }>('GET', '/api/admin/audit?action=peer.registered')).items;

/** The server accepts the invitation, as its administrator does in the console. */
const accept = (server: TestServer, { url, iss_id, key }: Created): Promise<object> =>
  server.ok('POST', '/api/admin/register', { url, iss_id, key });

describe('an invitation says what the new server may publish', () => {
  let cluster: TestCluster;
  const iss: Record<string, string> = {};
  const peers: ForeignPeer[] = [];
  beforeAll(async () => {
    cluster = await TestCluster.start(['office', 'kiosk', 'lab'], { RECONCILE_SECONDS: '3', ACCEPT_UNSIGNED_WRITES: 'true' });
    for (const server of cluster.servers) {
      iss[server.name] = (await cluster.about(server)).iss;
      await server.ok('POST', '/api/admin/about/update', { stage: 'Dev' });
    }
  });
  afterAll(async () => {
    peers.forEach((peer) => peer.stop());
    await cluster?.dispose();
  });
  const startPeer = async (name: string): Promise<ForeignPeer> => {
    const peer = await ForeignPeer.start(name);
    peers.push(peer);
    return peer;
  };
  const namesAt = async (server: TestServer): Promise<string[]> => (await packagesOf(server)).map(({ filename }) => filename);

  it('receive only: it gets packages, and neither what it had nor what it publishes later counts here', async () => {
    const [office, kiosk] = [cluster.at(0), cluster.at(1)];
    await office.upload('office.pkg', someBytes(100));
    await kiosk.upload('before.pkg', someBytes(100));
    const invitation = await inviteTo(office, { note: 'kiosk', preset: 'receive-only' });
    expect(invitation.preset).toBe('receive-only');
    await accept(kiosk, invitation);
    expect(await authorAt(office, iss['kiosk']!)).toMatchObject({ preset: 'receive-only', is_default: false });
    await kiosk.upload('after.pkg', someBytes(100));
    await hasState(kiosk, 'office.pkg', 'Public');
    await eventually(async () =>
      expect((await refusedAt(office)).map(({ filename, code, author_iss }) => [filename, code, author_iss]).sort()).toEqual([
        ['after.pkg', 'rights', iss['kiosk']],
        ['before.pkg', 'rights', iss['kiosk']],
      ]),
    );
    expect(await namesAt(office)).toEqual(['office.pkg']);
    expect(await authorAt(kiosk, iss['office']!)).toMatchObject({ preset: 'full', is_default: true }); // the other direction
  });

  it('publish to Dev: what it publishes in Dev arrives, the rest does not', async () => {
    const [office, lab] = [cluster.at(0), cluster.at(2)];
    await accept(lab, await inviteTo(office, { preset: 'publish-to-dev' }));
    await lab.upload('trial.pkg', someBytes(100), { stage: 'Dev' });
    await lab.upload('final.pkg', someBytes(100), { stage: 'Prod' });
    await hasState(office, 'trial.pkg', 'Public');
    await eventually(async () => expect((await refusedAt(office)).map(({ filename }) => filename)).toContain('final.pkg'));
    expect(await namesAt(office)).not.toContain('final.pkg');
  });

  it('without a preset it is as before, and all of it is shown and written down', async () => {
    const office = cluster.at(0);
    const peer = await startPeer('plain');
    const { id, key } = await inviteTo(office, {});
    expect((await peer.register(office, { key })).status).toBe(201);
    expect(await authorAt(office, peer.iss)).toMatchObject({ preset: 'full', is_default: true });
    await peer.pushEntries(office, [peer.entry('plain.pkg', someBytes(5))]);
    expect(await namesAt(office)).toContain('plain.pkg');

    const { items } = await office.ok<{ items: object[] }>('GET', '/api/admin/invitations');
    expect(items).toMatchObject([
      { id, preset: null, used_by: 'plain' },
      { preset: 'publish-to-dev', used_by: 'lab' },
      { preset: 'receive-only', used_by: 'kiosk', note: 'kiosk' },
    ]);
    const registrations = await registrationsAt(office);
    const detailsOf = (name: string) => registrations.find(({ subject }) => subject === name)?.details;
    expect(detailsOf('kiosk')).toMatchObject({ preset: 'receive-only', preset_counts: true });
    expect(detailsOf('plain')).toMatchObject({ invitation: id, preset: null, preset_counts: false });
    const created = await office.ok<{ items: object[] }>('GET', '/api/admin/audit?action=invitation.created');
    expect(created.items.at(-1)).toMatchObject({ subject: 'kiosk', details: { preset: 'receive-only' } });
  });

  it('a server of the version before, which signs nothing, is held to it, too', async () => {
    const office = cluster.at(0);
    const old = await startPeer('old');
    const { key } = await inviteTo(office, { preset: 'receive-only' });
    expect((await old.register(office, { key })).status).toBe(201);
    await old.pushUnsigned(office, [old.entry('unsigned.pkg', someBytes(5))]);
    expect(await namesAt(office)).not.toContain('unsigned.pkg');
    expect((await refusedAt(office)).find(({ filename }) => filename === 'unsigned.pkg')).toMatchObject({ code: 'rights' });
  });

  it.each([
    ['less', 'receive-only', 'full'],
    ['more', 'full', 'receive-only'],
  ])('registering again never gives it %s than an administrator has set', async (_, preset, another) => {
    const office = cluster.at(0);
    const peer = await startPeer(`again-${preset}`);
    const { key } = await inviteTo(office, { preset: another });
    expect((await peer.register(office, { key })).status).toBe(201);
    await office.ok('PUT', `/api/admin/authors/${peer.iss}/rights`, { preset });
    const { key: second } = await inviteTo(office, { preset: another });
    for (const again of [key, second]) {
      expect((await peer.register(office, { key: again })).status).toBe(201);
      expect(await authorAt(office, peer.iss)).toMatchObject({ preset });
    }
    const [last] = await registrationsAt(office);
    expect(last).toMatchObject({ subject: peer.name, details: { preset: another, preset_counts: false } });
  });

  it('neither does an invitation after it was unregistered and unblocked', async () => {
    const office = cluster.at(0);
    const peer = await startPeer('returned');
    expect((await peer.register(office, { key: (await inviteTo(office, { preset: 'receive-only' })).key })).status).toBe(201);
    const { items } = await office.ok<{ items: { id: number; iss: string }[] }>('GET', '/api/admin/registered_ods');
    await office.ok('DELETE', `/api/admin/registered_ods/${items.find((each) => each.iss === peer.iss)!.id}`);
    await office.ok('DELETE', `/api/admin/blocked_servers/${peer.iss}`);
    const { key } = await inviteTo(office, { preset: 'full' });
    await eventually(async () => expect((await peer.register(office, { key })).status).toBe(201));
    expect(await authorAt(office, peer.iss)).toMatchObject({ preset: 'receive-only' });
  });

  it.each(['author_rights', 'peer', 'audit_event'])('both count or none, also when %s cannot be written', async (table) => {
    const office = cluster.at(0);
    const peer = await startPeer(`without-${table}`);
    const { id, key } = await inviteTo(office, { preset: 'receive-only' });
    const write = (sql: string): void => {
      const database = new SqliteFile(path.join(office.dataDir, 'ods.sqlite'), { timeout: 10_000 });
      database.exec(sql);
      database.close();
    };
    write(`CREATE TRIGGER full_disk BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'no'); END`);
    expect((await peer.register(office, { key })).status).toBe(500);
    expect(await authorAt(office, peer.iss)).toBeUndefined();
    write('DROP TRIGGER full_disk');
    const { items } = await office.ok<{ items: { id: number }[] }>('GET', '/api/admin/invitations');
    expect(items.find((item) => item.id === id)).toMatchObject({ used_by: null });
    expect((await peer.register(office, { key })).status).toBe(201);
    expect(await authorAt(office, peer.iss)).toMatchObject({ preset: 'receive-only' });
  });

  it.each(['custom', 'owner', '', 7, ['full'], { full: true }])('the preset %j is refused, and nothing is made', async (preset) => {
    const office = cluster.at(0);
    const before = (await office.ok<{ items: object[] }>('GET', '/api/admin/invitations')).items.length;
    const { status, body } = await office.api('POST', '/api/admin/invitations', { preset });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      errors: [{ pointer: '/preset', detail: expect.stringContaining('full, publish-to-dev or receive-only') as string }],
    });
    expect((await office.ok<{ items: object[] }>('GET', '/api/admin/invitations')).items).toHaveLength(before);
  });
});

describe('where NEW_SERVER_RIGHTS is strict', () => {
  it('an invitation without a preset gives no more, and one with a preset what it says', async () => {
    const server = await TestServer.start('strict', { NEW_SERVER_RIGHTS: 'receive-only' });
    await server.ok('POST', '/api/admin/about/update', { name: 'strict', url: server.url });
    const [plain, full] = [await ForeignPeer.start('plain'), await ForeignPeer.start('full')];
    expect((await plain.register(server, { key: (await inviteTo(server, {})).key })).status).toBe(201);
    expect((await full.register(server, { key: (await inviteTo(server, { preset: 'full' })).key })).status).toBe(201);
    await plain.pushEntries(server, [plain.entry('plain.pkg', someBytes(5))]);
    await full.pushEntries(server, [full.entry('full.pkg', someBytes(5))]);
    expect((await packagesOf(server)).map(({ filename }) => filename)).toEqual(['full.pkg']);
    expect(await authorAt(server, plain.iss)).toMatchObject({ preset: 'receive-only', is_default: true });
    [plain, full].forEach((peer) => peer.stop());
    await server.dispose();
  });
});
