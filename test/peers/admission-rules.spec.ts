import { sign } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import { ForeignPeer, type ForeignRegistration, newKeyPair } from '../support/foreign-peer.js';
import { TestServer } from '../support/test-server.js';

interface Shown {
  readonly id: number;
  readonly iss: string;
  readonly name: string;
}

interface Created {
  readonly id: number;
  readonly key: string;
}

/** Who is admitted as a peer, and who keeps the place of one. */
describe('admission', () => {
  let server: TestServer;
  const peers: ForeignPeer[] = [];

  beforeAll(async () => {
    server = await TestServer.start('server', { JOB_POLL_MS: '100' });
    await server.ok('POST', '/api/admin/about/update', { name: 'server', url: server.url });
  });
  afterAll(async () => {
    peers.forEach((peer) => peer.stop());
    await server?.dispose();
  });

  const start = async (name: string, firewalled = false): Promise<ForeignPeer> => {
    const peer = await ForeignPeer.start(name, { firewalled });
    peers.push(peer);
    return peer;
  };
  const register = async (peer: ForeignPeer, how: ForeignRegistration = {}): Promise<string> => {
    const response = await peer.register(server, how);
    return response.ok ? String(response.status) : ((await response.json()) as { type: string }).type.replace('urn:ods:problem:', '');
  };
  const reads = async (peer: ForeignPeer): Promise<number> => (await peer.call(server, 'GET', '/api/ods/catalog')).status;
  const shown = async (peer: ForeignPeer): Promise<Shown | undefined> =>
    (await server.ok<{ items: Shown[] }>('GET', '/api/admin/registered_ods')).items.find(({ iss }) => iss === peer.iss);
  const unregister = async (peer: ForeignPeer): Promise<void> =>
    void (await server.ok('DELETE', `/api/admin/registered_ods/${(await shown(peer))!.id}`));
  const invite = (body: object = {}): Promise<Created> => server.ok<Created>('POST', '/api/admin/invitations', body);

  describe.each([
    ['that can be called', false],
    ['in firewalled mode', true],
  ])('of a server %s', (_, firewalled) => {
    it('keeps the key of a server that is known, and says so', async () => {
      const peer = await start('Keeper', firewalled);
      expect(await register(peer)).toBe('201');
      expect(await register(peer)).toBe('201'); // again, with the same key
      const old = peer.keys;
      for (const claims of [{}, { firewalled_mode: true, url: null }]) {
        peer.keys = newKeyPair();
        expect(await register(peer, { claims })).toBe('peer-key-changed');
        expect(await reads(peer)).toBe(401);
      }
      peer.keys = old;
      expect(await reads(peer)).toBe(200);
      const { items } = await server.ok<{ items: object[] }>('GET', '/api/admin/audit?action=peer.key_change_refused');
      expect(items[0]).toMatchObject({ subject: 'Keeper' });
    });

    it('takes a new key that the old one has signed', async () => {
      const peer = await start('Renewed', firewalled);
      expect(await register(peer)).toBe('201');
      const old = peer.keys;
      peer.keys = newKeyPair();
      const text = Buffer.from(JSON.stringify(['ods-key-change-1', peer.iss, peer.keys.publicKey]));
      const by = (key: string): string => sign('sha256', text, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
      expect(await register(peer, { claims: { key_change: by(newKeyPair().privateKey) } })).toBe('peer-key-changed');
      expect(await register(peer, { claims: { key_change: by(old.privateKey) } })).toBe('201');
      expect(await reads(peer)).toBe(200);
    });
  });

  it('of a firewalled server needs a proof of its key', async () => {
    const peer = await start('Hidden', true);
    expect(await register(peer, { proofKey: null })).toBe('peer-key-unproven');
    expect(await register(peer, { proofKey: newKeyPair().privateKey })).toBe('peer-key-unproven');
    expect(await shown(peer)).toBeUndefined();
    expect(await register(peer)).toBe('201');
  });

  it('with an invitation is for one server, once', async () => {
    const { id, key } = await invite({ note: 'for One' });
    const [one, other] = [await start('One'), await start('Other')];
    expect(await register(one, { key })).toBe('201');
    expect(await register(one, { key })).toBe('201'); // the answer to the first may have been lost
    expect(await register(other, { key })).toBe('peer-token-refused');
    const { items } = await server.ok<{ items: { id: number }[] }>('GET', '/api/admin/invitations');
    expect(items.find((item) => item.id === id)).toMatchObject({ note: 'for One', used_by: 'One', used_ts: expect.any(Number) as number });
    expect(JSON.stringify(items)).not.toContain(key);
  });

  it('with an invitation by two servers at once lets in one of them', async () => {
    const { key } = await invite();
    const both = [await start('First'), await start('Second')];
    const answers = await Promise.all(both.map((peer) => register(peer, { key })));
    expect(answers.filter((answer) => answer === '201')).toHaveLength(1);
    expect((await Promise.all(both.map(shown))).filter(Boolean)).toHaveLength(1);
  });

  it('ends with an invitation that is deleted', async () => {
    const { id, key } = await invite({ hours: 1 });
    await server.ok('DELETE', `/api/admin/invitations/${id}`);
    expect(await register(await start('Late'), { key })).toBe('peer-token-refused');
    expect((await server.api('DELETE', `/api/admin/invitations/${id}`)).status).toBe(404);
    expect((await server.api('POST', '/api/admin/invitations', { hours: 0 })).status).toBe(400);
  });

  it('is denied to a server that was unregistered here, under its name and any other, until it is unblocked', async () => {
    const { key: invitation } = await invite();
    const peer = await start('Expelled');
    const { key: before } = await server.ok<{ key: string }>('GET', '/api/admin/about');
    expect(await register(peer, { key: invitation })).toBe('201');
    await unregister(peer);
    expect(await reads(peer)).toBe(401);
    expect(await register(peer)).toBe('server-blocked');
    // Under another name it knows no key that is worth anything.
    const disguised = await start('Stranger');
    for (const key of [before, invitation]) expect(await register(disguised, { key })).toBe('peer-token-refused');
    disguised.keys = peer.keys;
    expect(await register(disguised)).toBe('server-blocked');

    const { items } = await server.ok<{ items: object[] }>('GET', '/api/admin/blocked_servers');
    expect(items).toContainEqual(expect.objectContaining({ iss: peer.iss, name: 'Expelled' }));
    await server.ok('DELETE', `/api/admin/blocked_servers/${peer.iss}`);
    expect((await server.api('DELETE', `/api/admin/blocked_servers/${peer.iss}`)).status).toBe(404);
    await eventually(async () => expect(await register(peer)).toBe('201'));
  });
});
