import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { ServerIdentity } from '#libs/about/server-identity.js';
import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { ServerState } from '#libs/entities/server-state.entity.js';
import { NetworkService } from '#libs/network/network.service.js';
import { ServerStates } from '#libs/network/server-states.js';
import { SummaryPublisher } from '#libs/network/summary-publisher.js';
import { signText } from '#libs/platform/crypto/es256.js';
import { Database } from '#libs/platform/database/database.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { CatalogDigest } from '#libs/replication/catalog-digest.js';
import { writeSummary } from '#libs/replication/server-summary.js';
import { Feed } from '#libs/sync/catalog/feed.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';

/** A server that lives only in what it says of itself. */
class Speaker {
  readonly iss = randomBytes(16).toString('hex');
  readonly keys = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

  says(issuedMs: number, name = 'Lab', { iss, keys }: Pick<Speaker, 'iss' | 'keys'> = this) {
    const digest = new CatalogDigest().toText();
    const nothing = { url: null, firewalledMode: false, peers: [], freeBytes: 0, packages: 0, missing: [], missingCount: 0, kept: [] };
    const body = writeSummary({ iss, name, stage: 'Prod', issuedMs, digest, digest2: null, munkiDigest: null, ...nothing });
    return { iss, public_key: keys.publicKey, body, signature: signText(body, keys.privateKey) };
  }
}

describe('what servers say of themselves', () => {
  let server: AppInProcess;
  let mesh: ServerStates;
  let db: Database;
  const now = Date.now();

  beforeAll(async () => {
    server = await startApp();
    mesh = server.app.get(ServerStates);
    db = server.app.get(Database);
  });
  beforeEach(() => db.manager.clear(ServerState));
  afterAll(() => server.stop());

  const namesShown = async (): Promise<string[]> => (await server.app.get(NetworkService).view()).servers.slice(1).map(({ name }) => name);
  const seq = async (): Promise<number> => (await db.manager.findOneByOrFail(CatalogClock, { id: 1 })).seq;
  const merge = (...values: unknown[]): Promise<number> => mesh.merge({ iss: 'f'.repeat(32), name: 'a peer' }, values);

  it('is taken when it is newer, once, and passed on', async () => {
    const lab = new Speaker();
    expect(await merge(lab.says(now, 'Lab'))).toBe(1);
    const taken = await seq();
    expect(await merge(lab.says(now, 'Lab'), lab.says(now - 5_000, 'Before'))).toBe(0);
    expect(await seq()).toBe(taken);
    expect(await merge(lab.says(now + 1, 'Laboratory'))).toBe(1);
    expect(await namesShown()).toEqual(['Laboratory']);
    const { items, next, last } = await server.app.get(Feed).page(taken, lab.iss, 10);
    expect(items).toEqual([
      { seq: taken + 1, server: expect.objectContaining({ iss: lab.iss, public_key: lab.keys.publicKey }) as unknown },
    ]);
    expect([next, last]).toEqual([taken + 1, taken + 1]);
  });

  it('is passed on as its server signed it, with what only a later version understands', async () => {
    const lab = new Speaker();
    const { body: known } = lab.says(now);
    const body = JSON.stringify({
      ...(JSON.parse(known) as object),
      jamf: { id: 'f'.repeat(16), priority: 1, ready: true, since: null },
      mood: 'good',
    });
    const signed = { iss: lab.iss, public_key: lab.keys.publicKey, body, signature: signText(body, lab.keys.privateKey) };
    const taken = await seq();
    expect(await merge(signed)).toBe(1);
    expect(await namesShown()).toEqual(['Lab']);
    expect((await server.app.get(Feed).page(taken, lab.iss, 10)).items).toEqual([{ seq: taken + 1, server: signed }]);
  });

  it('is refused when another has made it or changed it, or when it is of the future, or of this server', async () => {
    const [lab, liar] = [new Speaker(), new Speaker()];
    await merge(lab.says(now));
    const forged = liar.says(now + 10, 'Forged', { iss: lab.iss, keys: liar.keys });
    const changed = { ...lab.says(now + 10), body: lab.says(now + 10, 'Changed').body };
    const foreignKey = { ...forged, public_key: lab.keys.publicKey };
    const { iss } = await server.app.get(ServerIdentity).get();
    const own = liar.says(now + 10, 'Not me', { iss, keys: liar.keys });
    expect(await merge(forged, changed, foreignKey, lab.says(now + 660_000), own, null, 7, {}, { iss: lab.iss })).toBe(0);
    expect(await namesShown()).toEqual(['Lab']);
  });

  it('is checked with the key of its registration when the server is a peer, whatever came before', async () => {
    const [lab, liar] = [new Speaker(), new Speaker()];
    await merge(liar.says(now + 60_000, 'Forged', { iss: lab.iss, keys: liar.keys }));
    const record = { iss: lab.iss, name: 'Lab', url: 'http://lab.example', stage: 'Prod' as const, firewalledMode: false };
    await server.app.get(PeerRepository).save({ ...record, publicKey: lab.keys.publicKey }, now);
    expect(await merge(liar.says(now + 70_000, 'Forged again', { iss: lab.iss, keys: liar.keys }))).toBe(0);
    expect(await merge(lab.says(now, 'Lab itself'))).toBe(1);
    expect((await db.manager.findOneByOrFail(ServerState, { iss: lab.iss })).publicKey).toBe(lab.keys.publicKey);
    await server.app.get(PeerRepository).remove(lab.iss);
  });

  it('is not shown once it is forgotten, until its server speaks again, then with any key', async () => {
    const lab = new Speaker();
    const reinstalled = { iss: lab.iss, keys: new Speaker().keys };
    await merge(lab.says(now));
    await server.app.get(NetworkService).forget(lab.iss);
    expect(await merge(lab.says(now), lab.says(now - 1, 'Lab', reinstalled))).toBe(0);
    expect(await namesShown()).toEqual([]);
    expect(await merge(lab.says(now + 1, 'Lab again', reinstalled))).toBe(1);
    expect(await namesShown()).toEqual(['Lab again']);
  });

  it('is remembered of at most 1,000 servers', async () => {
    const { keys } = new Speaker();
    const many = Array.from({ length: 1_005 }, (_, index) => index.toString(16).padStart(32, '0'));
    const summaries = many.map((iss) => new Speaker().says(now, 'One of many', { iss, keys }));
    // One peer alone leaves room for what others know.
    const refused: string[] = [];
    expect(await mesh.merge({ iss: '0'.repeat(31) + '1', name: 'one' }, summaries, refused)).toBe(250);
    expect(refused[0]).toContain('one has introduced 250 servers already');
    for (const first of [250, 500, 750]) {
      expect(await mesh.merge({ iss: String(first).padStart(32, '0'), name: 'another' }, summaries.slice(first))).toBe(250);
    }
    expect(await mesh.merge({ iss: 'e'.repeat(32), name: 'the last' }, summaries.slice(1_000))).toBe(0);
    const peer = new Speaker();
    const record = { iss: peer.iss, name: 'Peer', url: 'http://lab.example', stage: 'Prod' as const, firewalledMode: false };
    await server.app.get(PeerRepository).save({ ...record, publicKey: peer.keys.publicKey }, now);
    expect(await merge(peer.says(now, 'Peer'))).toBe(1);
    expect(await db.manager.count(ServerState)).toBe(1_000);
  });

  it('is published by this server when it has changed, and not again when it has not', async () => {
    const publisher = server.app.get(SummaryPublisher);
    expect(await publisher.publish()).toEqual({ isPublished: true, lookAgainMs: null });
    const before = await seq();
    for (let time = 0; time < 3; time += 1) expect(await publisher.publish()).toEqual({ isPublished: false, lookAgainMs: null });
    expect(await seq()).toBe(before);
  });
});
