import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { eventually } from '../support/eventually.js';
import { ForeignPeer, newHexId } from '../support/foreign-peer.js';
import { TestServer } from '../support/test-server.js';
import { hasState, packagesOf, someBytes } from './packages.js';

interface PeerRow {
  readonly id: number;
  readonly last_refusal: string | null;
  readonly paused_there_ts: number | null;
}
interface Push {
  readonly items: readonly { readonly entry?: { readonly filename: string } }[];
}

const peerOf = async (server: TestServer): Promise<PeerRow> =>
  (await server.ok<{ items: PeerRow[] }>('GET', '/api/admin/registered_ods')).items[0]!;

/** A server, and a foreign one that is registered with it. */
async function aPair(prepare: (peer: ForeignPeer) => void): Promise<{ server: TestServer; peer: ForeignPeer }> {
  // Comparing catalogs would mend what pushing leaves out.
  const server = await TestServer.start('server', { RECONCILE_SECONDS: '2', REPAIR_SECONDS: '3600' });
  await server.ok('POST', '/api/admin/about/update', { name: 'server', url: server.url });
  const peer = await ForeignPeer.start('Foreign');
  prepare(peer);
  await peer.registerWith(server);
  return { server, peer };
}

describe('a server and one that is paused', () => {
  let server: TestServer;
  let peer: ForeignPeer;
  let isPaused = true;
  const pushed: string[][] = [];
  const take = async (request: IncomingMessage): Promise<unknown> => {
    const { items } = (await json(request)) as Push;
    pushed.push(items.flatMap(({ entry }) => (entry ? [entry.filename] : [])));
    return { epoch: peer.epoch, taken: 0, refused: [], ...(isPaused ? { paused: true } : {}) };
  };
  beforeAll(async () => {
    ({ server, peer } = await aPair((made) =>
      made.routes.set('notifications', (request, response) => {
        void take(request).then((answer) =>
          response.writeHead(202, { 'ods-protocol': '1', 'content-type': 'application/json' }).end(JSON.stringify(answer)),
        );
      }),
    ));
  });
  afterAll(async () => {
    peer?.stop();
    await server?.dispose();
  });

  it('sends again what the other one did not take, until it takes it', async () => {
    await server.upload('meanwhile.pkg', someBytes(1_000));
    const sent = (): number => pushed.filter((names) => names.includes('meanwhile.pkg')).length;
    await eventually(() => expect(sent()).toBeGreaterThanOrEqual(2));
    expect((await peerOf(server)).paused_there_ts).toEqual(expect.any(Number));
    isPaused = false;
    const before = sent();
    await eventually(() => expect(sent()).toBeGreaterThan(before));
    await server.upload('after.pkg', someBytes(1_000));
    await eventually(() => expect(pushed.at(-1)).toContain('after.pkg'));
    expect(pushed.at(-1)).not.toContain('meanwhile.pkg');
    await eventually(async () => expect((await peerOf(server)).paused_there_ts).toBeNull());
  });

  it('says that it takes nothing of one that it has paused', async () => {
    const { id } = await peerOf(server);
    await server.ok('PATCH', `/api/admin/registered_ods/${id}`, { paused: true });
    const entry = peer.entry('theirs.pkg', someBytes(10));
    const answer = await eventually(async () => {
      const response = await peer.pushEntries(server, [entry]);
      expect(response.status).toBe(202);
      const said = (await response.json()) as { paused?: boolean; taken: number };
      expect(said.paused).toBe(true); // a pause holds after a second at most
      return said;
    });
    expect(answer.taken).toBe(0);
    await server.ok('PATCH', `/api/admin/registered_ods/${id}`, { paused: false });
    await eventually(async () => expect(await (await peer.pushEntries(server, [entry])).json()).not.toHaveProperty('paused'));
    await hasState(server, 'theirs.pkg', 'Waiting');
    expect((await packagesOf(server)).map(({ filename }) => filename).sort()).toEqual(['after.pkg', 'meanwhile.pkg', 'theirs.pkg']);
  });
});

describe('two databases that answer at one address', () => {
  let server: TestServer;
  let peer: ForeignPeer;
  let calls = 0;
  beforeAll(async () => {
    const epochs = [newHexId(), newHexId()];
    ({ server, peer } = await aPair((made) => made.json('catalog', () => ({ epoch: epochs[calls++ % 2], items: [], next: 5, last: 5 }))));
  });
  afterAll(async () => {
    peer?.stop();
    await server?.dispose();
  });

  it('are named to administrators, and are not read over and over', async () => {
    await eventually(async () => expect((await peerOf(server)).last_refusal).toContain(`Two databases answer at ${peer.url} in turn.`));
    await server.logged('sync.pull-peer failed');
    expect(calls).toBeLessThan(50);
  });
});
