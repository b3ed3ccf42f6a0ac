import { signText } from '#libs/platform/crypto/es256.js';
import { CatalogDigest } from '#libs/replication/catalog-digest.js';
import { writeSummary } from '#libs/replication/server-summary.js';
import { eventually } from '../support/eventually.js';
import { ForeignPeer } from '../support/foreign-peer.js';
import { TestServer } from '../support/test-server.js';
import { put } from '../munki/repository.js';
import { packagesOf, someBytes } from './packages.js';

interface Item {
  readonly entry?: Record<string, unknown> & { readonly filename: string; readonly notes: string | null };
  readonly writes: readonly { readonly register: string; readonly sig: string | null }[];
}

describe('a server of the version before, which sends and reads entries as one record', () => {
  let server: TestServer;
  let old: ForeignPeer;
  beforeAll(async () => {
    server = await TestServer.start('upgraded', { ACCEPT_UNSIGNED_WRITES: 'true', RECONCILE_SECONDS: '3600' });
    await server.ok('POST', '/api/admin/about/update', { name: 'upgraded', url: server.url });
    old = await ForeignPeer.start('old');
    await old.registerWith(server);
  });
  afterAll(async () => {
    old.stop();
    await server.dispose();
  });

  const itemOf = async (filename: string): Promise<Item> => {
    const page = (await (await old.call(server, 'GET', '/api/ods/catalog?since=0')).json()) as { items: Item[] };
    return page.items.find(({ entry }) => entry?.filename === filename)!;
  };
  const signedParts = ({ writes }: Item) => writes.filter(({ sig }) => sig !== null).map(({ register }) => register);
  const later = (entry: object, changes: object) => ({
    ...entry,
    ...changes,
    stamp: { wall_ms: Date.now() + 1_000, counter: 0, iss: old.iss },
  });
  const send = async (entry: unknown) => (await (await old.pushUnsigned(server, [entry])).json()) as { taken: number; refused: string[] };

  it('is understood, and its entries are distinguished from signed ones', async () => {
    expect(await send(old.entry('theirs.pkg', someBytes(10)))).toMatchObject({ taken: 1, refused: [] });
    const item = await itemOf('theirs.pkg');
    expect([item.writes.map(({ register }) => register), signedParts(item)]).toEqual([['content', 'stage', 'notes'], []]);
  });

  it('changes nothing by sending back what it was sent', async () => {
    await server.upload('ours.pkg', someBytes(20), { notes: 'first' });
    const before = await itemOf('ours.pkg');
    expect(signedParts(before)).toEqual(['content', 'stage', 'notes']);
    expect(await send(before.entry)).toMatchObject({ taken: 0, refused: [] });
    expect(await itemOf('ours.pkg')).toEqual(before);
  });

  it('edits a note without touching the signed content, deletes, and brings back', async () => {
    const before = await itemOf('ours.pkg');
    expect(await send(later(before.entry!, { notes: 'edited there' }))).toMatchObject({ taken: 1 });
    const edited = await itemOf('ours.pkg');
    expect([edited.entry!.notes, signedParts(edited)]).toEqual(['edited there', ['content', 'stage']]);
    expect(edited.writes[0]).toEqual(before.writes[0]);
    await send({ ...later(edited.entry!, { deleted: true }), stamp: { wall_ms: Date.now() + 2_000, counter: 0, iss: old.iss } });
    await eventually(async () => expect((await packagesOf(server)).map(({ filename }) => filename)).toEqual(['theirs.pkg']));
    await send({ ...edited.entry!, stamp: { wall_ms: Date.now() + 3_000, counter: 0, iss: old.iss } });
    expect((await packagesOf(server)).map(({ filename }) => filename)).toEqual(['ours.pkg', 'theirs.pkg']);
  });

  it('is not sent files of the Munki repository once its report shows that it takes none, and reads on behind them', async () => {
    await put(server, 'manifests/site_default', 'a manifest');
    const name = 'munki/manifests/site_default';
    expect((await itemOf(name)).entry!.filename).toBe(name);
    const digest = new CatalogDigest().toText();
    const nothing = { url: null, firewalledMode: false, peers: [], freeBytes: 0, packages: 0, missing: [], missingCount: 0, kept: [] };
    const stated = {
      iss: old.iss,
      name: 'old',
      stage: 'Prod' as const,
      issuedMs: Date.now(),
      digest,
      digest2: digest,
      munkiDigest: null,
      ...nothing,
    };
    const body = writeSummary(stated);
    const summary = { iss: old.iss, public_key: old.keys.publicKey, body, signature: signText(body, old.keys.privateKey) };
    expect(await (await old.push(server, 0, [{ seq: 1, server: summary }])).json()).toMatchObject({ taken: 1 });
    await server.upload('after.pkg', someBytes(5));
    const page = (await (await old.call(server, 'GET', '/api/ods/catalog?since=0')).json()) as {
      items: Item[];
      next: number;
      last: number;
    };
    const names = page.items.map(({ entry }) => entry?.filename);
    expect([names.includes(name), names.includes('after.pkg'), page.next]).toEqual([false, true, page.last]);
  });

  it('must sign for ever once it has signed', async () => {
    await old.pushEntries(server, [old.entry('upgraded.pkg', someBytes(5))]);
    expect((await send(old.entry('downgraded.pkg', someBytes(5)))).refused[0]).toContain('has signed before');
  });
});
