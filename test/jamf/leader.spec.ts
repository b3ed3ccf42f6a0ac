import { signText } from '#libs/platform/crypto/es256.js';
import { CatalogDigest } from '#libs/replication/catalog-digest.js';
import { type JamfClaim, jamfIdOf } from '#libs/replication/jamf-claim.js';
import { writeSummary } from '#libs/replication/server-summary.js';
import { eventually } from '../support/eventually.js';
import { FakeJamf } from '../support/fake-jamf/fake-jamf.js';
import { ForeignPeer } from '../support/foreign-peer.js';
import { TestCluster } from '../support/test-cluster.js';
import type { TestServer } from '../support/test-server.js';
import { Receiver } from '../webhooks/receiver.js';

interface Leader {
  readonly iss: string | null;
  readonly name: string | null;
  readonly is_me: boolean;
  readonly since_ts: number | null;
  readonly why: string;
  readonly servers: readonly { readonly name: string; readonly priority: number; readonly ready: boolean }[];
}

const SECONDS = 3;
const settings = { mode: 'write', hash_type: 'SHA_512', gate: 'here', create_missing: true };
const patience = { timeoutMs: 90_000, everyMs: 100 };

/** alpha – beta – gamma: the outer two are connected with Jamf Pro and are not registered with each other. */
describe('servers that are connected with the same Jamf Pro server', () => {
  let jamf: FakeJamf;
  let cluster: TestCluster;
  let alpha: TestServer;
  let gamma: TestServer;
  let hook: Receiver;

  beforeAll(async () => {
    jamf = await FakeJamf.start();
    for (const name of ['alpha', 'gamma']) jamf.tokens.clients.set(name, { secret: 's3cret', privileges: null });
    hook = await new Receiver().start();
    cluster = await TestCluster.line(['alpha', 'beta', 'gamma'], {
      OUTBOUND_ALLOW_LOCAL: 'true',
      JAMF_LEADER_SECONDS: String(SECONDS),
      RECONCILE_SECONDS: '5',
    });
    [alpha, gamma] = [cluster.at(0), cluster.at(2)];
    await gamma.ok('POST', '/api/admin/webhooks', { name: 'leader', url: hook.urlOf('leader'), events: ['jamf.leader_changed'] });
  });
  afterAll(async () => {
    await cluster?.dispose();
    await jamf?.stop();
    hook?.stop();
  });

  const connect = (server: TestServer) =>
    server.ok<{ leader: Leader }>('PUT', '/api/admin/jamf/connection', {
      ...{ url: jamf.url, auth: 'client', client_id: server.name, secret: 's3cret' },
    });
  const leaderAt = async (server: TestServer): Promise<Leader> =>
    (await server.ok<{ leader: Leader }>('GET', '/api/admin/jamf/connection')).leader;
  const hasRecord = (filename: string) =>
    eventually(() => expect(jamf.records.map(({ fileName }) => fileName)).toContain(filename), patience);
  const leads = (server: TestServer, name: string) =>
    eventually(async () => expect(await leaderAt(server)).toMatchObject({ name, is_me: server.name === name }), patience);
  const figure = async (server: TestServer): Promise<string | undefined> =>
    /^ods_jamf_leader (\d)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1];
  /** Who wrote, in order, each named once for all writes in a row. */
  const writers = (): string[] => jamf.writes.map(({ client }) => client).filter((client, index, all) => client !== all[index - 1]);
  const upload = async (server: TestServer, filename: string): Promise<void> =>
    expect((await server.upload(filename, `content of ${filename}`)).status).toBe(201);

  it('the first one writes without waiting', async () => {
    await upload(alpha, 'first.pkg');
    expect((await connect(alpha)).leader).toMatchObject({ iss: null, is_me: false, why: expect.stringContaining('it only compares') });
    await eventually(async () =>
      expect((await alpha.ok<{ compared_ts: unknown }>('GET', '/api/admin/jamf/settings')).compared_ts).not.toBeNull(),
    );
    await alpha.ok('PUT', '/api/admin/jamf/settings?confirm=true', settings);
    await hasRecord('first.pkg');
    const leader = await leaderAt(alpha);
    expect(leader).toMatchObject({ name: 'alpha', is_me: true, why: expect.stringContaining('no other one is connected') });
    expect(leader.since_ts).toBeLessThanOrEqual(Date.now() / 1_000);
    expect([await figure(alpha), await figure(gamma)]).toEqual(['1', undefined]);
  });

  it('one that is connected later comes after it, says which server writes, and leaves Jamf Pro alone', async () => {
    await eventually(async () => {
      const { leader } = await connect(gamma); // until it knows of alpha by way of beta
      expect(leader).toMatchObject({ name: 'alpha', is_me: false });
    }, patience);
    const { priority } = await gamma.ok<{ priority: number }>('GET', '/api/admin/jamf/settings');
    if (priority === 100) await gamma.ok('PUT', '/api/admin/jamf/settings', { ...settings, mode: 'watch', priority: 110 });
    expect(await gamma.api('PUT', '/api/admin/jamf/settings', settings)).toMatchObject({
      status: 409,
      body: { type: 'urn:ods:problem:jamf-writing-not-confirmed', detail: expect.stringContaining('The server "alpha" keeps') },
    });
    await gamma.ok('PUT', '/api/admin/jamf/settings?confirm=true', settings);
    const refused = { status: 409, body: { type: 'urn:ods:problem:jamf-led-elsewhere', detail: expect.stringContaining('"alpha"') } };
    expect(await gamma.api('POST', '/api/admin/jamf/compare')).toMatchObject(refused);
    expect(await gamma.api('POST', '/api/admin/jamf/checks', { depth: 'head' })).toMatchObject(refused);
    await upload(gamma, 'second.pkg');
    await hasRecord('second.pkg');
    expect(writers()).toEqual(['alpha']);
    await eventually(
      async () =>
        expect((await leaderAt(gamma)).servers).toMatchObject([
          { name: 'alpha', priority: 100, ready: true },
          { name: 'gamma', priority: 110, ready: true },
        ]),
      patience,
    );
    expect((await leaderAt(gamma)).why).toContain('its priority 100 comes before 110');
    expect([await figure(alpha), await figure(gamma)]).toEqual(['1', '0']);
  });

  it('another one takes over when it is killed, after a while, and makes nothing twice', async () => {
    await alpha.kill9();
    const killedMs = Date.now();
    await upload(gamma, 'third.pkg');
    await hasRecord('third.pkg');
    // Silent for three intervals, and two more in which the others hear who takes over; a summary may have been on its way.
    expect(Date.now() - killedMs).toBeGreaterThan(3 * SECONDS * 1_000);
    await leads(gamma, 'gamma');
    expect((await leaderAt(gamma)).why).toContain('comes first of the servers that can');
    expect(jamf.records.map(({ fileName }) => fileName).sort()).toEqual(['first.pkg', 'second.pkg', 'third.pkg']);
    expect(jamf.writes.map(({ method, client }) => [method, client])).toEqual([
      ['POST', 'alpha'],
      ['POST', 'alpha'],
      ['POST', 'gamma'],
    ]);
    await eventually(() =>
      expect(hook.at('leader').map(({ body }) => JSON.parse(body) as object)).toContainEqual(
        expect.objectContaining({ data: expect.objectContaining({ server: 'gamma', is_this_server: true }) }),
      ),
    );
  });

  it('the first one takes its place again when it is back', async () => {
    await alpha.start();
    await leads(gamma, 'alpha');
    await upload(alpha, 'fourth.pkg');
    await hasRecord('fourth.pkg');
    expect(writers()).toEqual(['alpha', 'gamma', 'alpha']);
    await eventually(async () => expect([await figure(alpha), await figure(gamma)]).toEqual(['1', '0']), patience);
  });

  it('one that Jamf Pro refuses gives way, and says so', async () => {
    jamf.tokens.clients.set('alpha', { secret: 'revoked', privileges: null });
    const [beganMs, refused] = [Date.now(), () => jamf.book.filter(({ status }) => status === 401).length];
    await leads(alpha, 'gamma');
    expect((await leaderAt(alpha)).why).toContain('could not take over: Jamf Pro has not answered it as it should of late');
    await upload(alpha, 'fifth.pkg');
    await hasRecord('fifth.pkg');
    expect(writers()).toEqual(['alpha', 'gamma', 'alpha', 'gamma']);
    // Three intervals lie between two tries to sign in; a comparison may have tried, too.
    expect(refused()).toBeLessThanOrEqual((Date.now() - beganMs) / (3 * SECONDS * 1_000) + 2);
    jamf.tokens.clients.set('alpha', { secret: 's3cret', privileges: null });
    await leads(gamma, 'alpha');
    await leads(alpha, 'alpha');
  });

  it('a server that no administrator wants can stop them, is shown, and counts no more once it is blocked', async () => {
    const hostile = await ForeignPeer.start('Hostile');
    try {
      await hostile.registerWith(gamma);
      const says = async (jamfClaim: unknown) => {
        const digest = new CatalogDigest().toText();
        const nothing = { url: null, firewalledMode: false, peers: [], freeBytes: 0, packages: 0, missing: [], missingCount: 0, kept: [] };
        const named = { iss: hostile.iss, name: 'Hostile', stage: 'Prod' as const, issuedMs: Date.now() };
        const body = writeSummary({ ...named, digest, digest2: null, munkiDigest: null, ...nothing, jamf: jamfClaim as JamfClaim });
        const summary = { iss: hostile.iss, public_key: hostile.keys.publicKey, body, signature: signText(body, hostile.keys.privateKey) };
        return (await hostile.push(gamma, 0, [{ seq: 1, server: summary }])).json() as Promise<{ taken: number }>;
      };
      const claim = { id: jamfIdOf(jamf.url), priority: 0, ready: true, since: 1 };
      expect(await says({ ...claim, priority: -1 })).toMatchObject({ taken: 0 });
      await gamma.logged("The summary's jamf is not usable");
      expect((await leaderAt(gamma)).name).toBe('alpha');
      expect(await says(claim)).toMatchObject({ taken: 1 });
      await leads(alpha, 'Hostile');
      await upload(gamma, 'held.pkg');
      expect(await alpha.api('POST', '/api/admin/jamf/compare')).toMatchObject({ status: 409 });
      for (const server of [alpha, gamma]) {
        const { iss } = hostile;
        expect((await leaderAt(server)).servers[0]).toMatchObject({ iss, name: 'Hostile', priority: 0 });
      }
      expect(jamf.records.map(({ fileName }) => fileName)).not.toContain('held.pkg');
      const { items } = await gamma.ok<{ items: { id: number; iss: string }[] }>('GET', '/api/admin/registered_ods');
      await gamma.ok('DELETE', `/api/admin/registered_ods/${items.find(({ iss }) => iss === hostile.iss)!.id}`);
      await eventually(async () => expect((await leaderAt(gamma)).name).toBe('alpha'), patience);
      // Elsewhere it is silent from now on.
      await hasRecord('held.pkg');
      expect(writers().at(-1)).toBe('alpha');
      expect(new Set(jamf.records.map(({ fileName }) => fileName)).size).toBe(jamf.records.length);
    } finally {
      hostile.stop();
    }
  });
});
