import { createHash } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import { ForeignPeer, signedWrites } from '../support/foreign-peer.js';
import { TestCluster } from '../support/test-cluster.js';
import { TestServer } from '../support/test-server.js';
import { hasState, packagesOf, sha256, someBytes } from './packages.js';

interface Detail {
  readonly stage: string;
  readonly notes: string | null;
  readonly sha256: string;
}

const detail = async (server: TestServer, filename: string): Promise<Detail> => {
  const { stage, notes, sha256: digest } = await server.ok<Detail>('GET', `/api/admin/packages/${encodeURIComponent(filename)}`);
  return { stage, notes, sha256: digest };
};

async function setPaused(server: TestServer, isPaused: boolean): Promise<void> {
  const { items } = await server.ok<{ items: { id: number }[] }>('GET', '/api/admin/registered_ods');
  for (const { id } of items) await server.ok('PATCH', `/api/admin/registered_ods/${id}`, { paused: isPaused });
}

const uploadOver = (server: TestServer, filename: string, content: Buffer<ArrayBuffer>) =>
  server.upload(filename, content, { replace: 'true' });

describe('content, stage and notes are separate facts', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.line(['a', 'b', 'c'], { RECONCILE_SECONDS: '3' });
  });
  afterAll(() => cluster.dispose());

  it('a note edited at a server that was cut off brings no older installer back, and no edit is lost', async () => {
    const [a, b, c] = [cluster.at(0), cluster.at(1), cluster.at(2)];
    const [old, later] = [someBytes(3_000), someBytes(4_000)];
    await b.upload('Office.pkg', old);
    await b.upload('Tool.pkg', someBytes(50));
    for (const server of [a, c]) for (const name of ['Office.pkg', 'Tool.pkg']) await hasState(server, name, 'Public');
    await setPaused(c, true); // both sides of the line to c say nothing
    const { items } = await b.ok<{ items: { id: number; name: string }[] }>('GET', '/api/admin/registered_ods');
    const toC = items.find(({ name }) => name === 'c')!;
    await b.ok('PATCH', `/api/admin/registered_ods/${toC.id}`, { paused: true });
    expect((await uploadOver(a, 'Office.pkg', later)).status).toBe(201);
    await a.ok('PATCH', '/api/admin/packages/Tool.pkg', { notes: 'licence until 2027' });
    await eventually(async () => expect((await detail(b, 'Office.pkg')).sha256).toBe(sha256(later)));
    await c.ok('PATCH', '/api/admin/packages/Office.pkg', { notes: 'ask Anna' });
    await c.ok('PATCH', '/api/admin/packages/Tool.pkg', { stage: 'Prod', notes: 'licence until 2027' });
    await c.ok('PATCH', '/api/admin/packages/Tool.pkg', { stage: 'Test' });
    expect((await detail(c, 'Office.pkg')).sha256).toBe(sha256(old));
    await b.ok('PATCH', `/api/admin/registered_ods/${toC.id}`, { paused: false });
    await setPaused(c, false);
    for (const server of [a, b, c]) {
      await eventually(async () => {
        expect(await detail(server, 'Office.pkg')).toMatchObject({ notes: 'ask Anna', sha256: sha256(later) });
        expect(await detail(server, 'Tool.pkg')).toMatchObject({ notes: 'licence until 2027', stage: 'Test' });
      });
    }
    await hasState(c, 'Office.pkg', 'Public');
    expect(sha256(await c.downloaded('Office.pkg'))).toBe(sha256(later));
  });
});

describe('signed writes', () => {
  let server: TestServer;
  let peer: ForeignPeer;
  beforeAll(async () => {
    server = await TestServer.start('signed', { RECONCILE_SECONDS: '3600' });
    await server.ok('POST', '/api/admin/about/update', { name: 'signed', url: server.url });
    peer = await ForeignPeer.start('peer');
    await peer.registerWith(server);
  });
  afterAll(async () => {
    peer.stop();
    await server.dispose();
  });

  const named = async (filename: string) => (await packagesOf(server)).find((row) => row.filename === filename);
  const answerTo = async (response: Promise<Response>) => {
    const answer = await response;
    expect(answer.status).toBe(202);
    return (await answer.json()) as { taken: number; refused: string[] };
  };
  const sendItem = (entry: Record<string, unknown>, change: (writes: Record<string, unknown>[]) => void) => {
    const item = peer.item(entry);
    change(item['writes'] as Record<string, unknown>[]);
    return answerTo(peer.push(server, 0, [item]));
  };

  it('of the author are taken, and passed on exactly as they came', async () => {
    const entry = peer.entry('signed.pkg', someBytes(10));
    expect(await answerTo(peer.pushEntries(server, [entry]))).toMatchObject({ taken: 1, refused: [] });
    const page = (await (await peer.call(server, 'GET', '/api/ods/catalog?since=0')).json()) as {
      items: { entry?: { filename: string }; writes: unknown[] }[];
      keys: { iss: string; public_key: string }[];
    };
    const sent = signedWrites(entry, peer.keys.privateKey).map(({ sig: _, ...write }) => write);
    const passed = page.items.find((item) => item.entry?.filename === 'signed.pkg')!;
    expect(passed.writes).toMatchObject(sent);
    expect(page.keys).toMatchObject([{ iss: peer.iss, public_key: peer.keys.publicKey }]);
  });

  it('whose signature is not by their author, or over other values, are refused by name while the rest of the page is taken', async () => {
    const entries = ['forged.pkg', 'good.pkg'].map((name) => peer.entry(name, someBytes(20)));
    const items = entries.map((entry) => peer.item(entry));
    const [content] = items[0]!['writes'] as { value: Record<string, unknown> }[];
    content!.value = { ...content!.value, size: 21 };
    const { taken, refused } = await answerTo(peer.push(server, 0, items));
    expect({ taken, refused: refused[0] }).toEqual({
      taken: 1,
      refused: 'The content of forged.pkg was not signed by the server that it names as its author.',
    });
    expect([await named('forged.pkg'), (await named('good.pkg'))?.filename]).toEqual([undefined, 'good.pkg']);
    const stranger = 'c'.repeat(32);
    const other = peer.entry('stranger.pkg', someBytes(20), { stamp: { wall_ms: Date.now(), counter: 0, iss: stranger } });
    expect((await answerTo(peer.pushEntries(server, [other]))).refused[0]).toContain('key is not known');
  });

  it('are required of a peer that has signed, and of every peer of a new server', async () => {
    const entry = peer.entry('unsigned.pkg', someBytes(20));
    const { taken, refused } = await answerTo(peer.pushUnsigned(server, [entry]));
    expect({ taken, refused: refused[0] }).toMatchObject({ taken: 0, refused: expect.stringContaining('has signed before') as string });
    const fresh = await ForeignPeer.start('fresh');
    await fresh.registerWith(server);
    const answer = await answerTo(fresh.pushUnsigned(server, [fresh.entry('unsigned.pkg', someBytes(20))]));
    expect(answer.refused[0]).toContain('ACCEPT_UNSIGNED_WRITES=true');
    fresh.stop();
    expect(await named('unsigned.pkg')).toBeUndefined();
  });

  it('one malformed part of an item is refused, and neither its other parts nor the page wait for it', async () => {
    const first = peer.entry('parts.pkg', someBytes(20));
    await answerTo(peer.pushEntries(server, [first]));
    const edited = { ...first, notes: 'a\0b', stage: 'Test', stamp: { wall_ms: Date.now() + 5, counter: 0, iss: peer.iss } };
    const { refused } = await answerTo(peer.pushEntries(server, [edited, peer.entry('behind.pkg', someBytes(5))]));
    expect(refused).toEqual(['The entry of parts.pkg is malformed: The text of notes has a NUL character.']);
    expect((await named('parts.pkg'))?.stage).toBe('Test');
    expect((await named('behind.pkg'))?.filename).toBe('behind.pkg');
  });

  it('a uuid that stands for something else is refused for other bytes and for other names', async () => {
    const bytes = someBytes(500);
    await server.upload('victim.pkg', bytes);
    const { uuid } = (await named('victim.pkg'))!;
    const later = { wall_ms: Date.now() + 1_000, counter: 0, iss: peer.iss };
    for (const [name, content, more] of [
      ['victim.pkg', someBytes(3), {}],
      ['alias.pkg', bytes, {}],
      ['alias.pkg', bytes, { deleted: true }],
    ] as const) {
      const entry = peer.entry(name, content, { uuid, stamp: later, ...more });
      const { refused } = await answerTo(peer.pushEntries(server, [entry]));
      expect(refused[0]).toContain(`names the content ${uuid} with another`);
    }
    expect(await named('alias.pkg')).toBeUndefined();
    expect(sha256(await server.downloaded('victim.pkg'))).toBe(sha256(bytes));
  });

  it('a content with a root whose uuid is not the one of its bytes is refused', async () => {
    const bytes = someBytes(30);
    const root = { alg: 'sha256', hash: createHash('sha256').update('list').digest('hex') };
    const wrong = peer.entry('rooted.pkg', bytes, { root });
    expect((await answerTo(peer.pushEntries(server, [wrong]))).refused[0]).toContain('has a uuid that does not belong to its bytes');
    const text = ['ods-content-1', '', 'rooted.pkg', 'sha256', root.hash, 30, wrong['created_ms'], peer.iss];
    const uuid = createHash('sha256').update(JSON.stringify(text)).digest('hex').slice(0, 32);
    expect(await answerTo(peer.pushEntries(server, [{ ...wrong, uuid }]))).toMatchObject({ taken: 1, refused: [] });
  });

  it('the position moves past what was refused', async () => {
    const item = peer.item(
      peer.entry('later.pkg', someBytes(5), { stamp: { wall_ms: Date.now() + 3_600_000, counter: 0, iss: peer.iss } }),
    );
    const { refused } = await answerTo(peer.push(server, 0, [item]));
    expect(refused[0]).toContain('one of the servers has a wrong clock');
    const reads: string[] = [];
    peer.json('catalog', (request) => {
      reads.push(request.url!);
      return { epoch: peer.epoch, items: [item], next: item['seq'], last: item['seq'] };
    });
    const { items } = await server.ok<{ items: { id: number }[] }>('GET', '/api/admin/registered_ods');
    await server.ok('POST', `/api/admin/registered_ods/${items[0]!.id}/sync`);
    await eventually(() => expect(reads.some((url) => url.includes(`since=${String(item['seq'])}`))).toBe(true));
  });

  it('a key that a peer vouches for counts, a second one waits for an administrator', async () => {
    const author = await ForeignPeer.start('author'); // not registered here
    const { signText } = await import('#libs/platform/crypto/es256.js');
    const introduce = (publicKey: string) => ({
      iss: author.iss,
      public_key: publicKey,
      sig: signText(JSON.stringify(['ods-key-1', author.iss, publicKey]), peer.keys.privateKey),
    });
    const itemBy = (filename: string, key: string) => {
      const entry = author.entry(filename, someBytes(9));
      return { seq: 1, entry, held: false, writes: signedWrites(entry, key) };
    };
    const known = introduce(author.keys.publicKey);
    expect(await answerTo(peer.push(server, 0, [itemBy('introduced.pkg', author.keys.privateKey)], [known]))).toMatchObject({ taken: 1 });
    const other = await ForeignPeer.start('other');
    const answer = await answerTo(
      peer.push(server, 0, [itemBy('taken-over.pkg', other.keys.privateKey)], [introduce(other.keys.publicKey)]),
    );
    expect(answer).toMatchObject({ taken: 0, refused: [expect.stringContaining('was not signed by the server that it names')] });
    expect((await named('introduced.pkg'))?.filename).toBe('introduced.pkg');
    for (const each of [author, other]) each.stop();
  });

  it('a forged introduction counts for nothing', async () => {
    const author = await ForeignPeer.start('author');
    const entry = author.entry('smuggled.pkg', someBytes(9));
    const item = { seq: 1, entry, held: false, writes: signedWrites(entry, author.keys.privateKey) };
    const forged = { iss: author.iss, public_key: author.keys.publicKey, sig: 'A'.repeat(86) };
    expect((await answerTo(peer.push(server, 0, [item], [forged]))).refused[0]).toContain('key is not known');
    author.stop();
  });

  it('is not fooled by a part that belongs to another name', async () => {
    const victim = peer.entry('victim2.pkg', someBytes(9));
    await answerTo(peer.pushEntries(server, [victim]));
    const { refused } = await sendItem(peer.entry('carrier.pkg', someBytes(9)), (writes) => {
      writes.push(
        ...signedWrites({ ...victim, deleted: true, stamp: { wall_ms: Date.now() + 9, counter: 0, iss: peer.iss } }, peer.keys.privateKey),
      );
    });
    expect(refused.join()).toContain('came under another name');
    expect((await named('victim2.pkg'))?.filename).toBe('victim2.pkg');
  });
});
