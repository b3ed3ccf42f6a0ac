import { eventually } from '../support/eventually.js';
import { ForeignPeer, manifestOf, newHexId } from '../support/foreign-peer.js';
import { TestCluster } from '../support/test-cluster.js';
import { TestServer } from '../support/test-server.js';
import { hasState, packagesOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;

interface Transfer {
  readonly filename: string;
  readonly state: string;
  readonly verified_bytes: number;
  readonly last_error: string | null;
}
const transferOf = async (server: TestServer, filename: string): Promise<Transfer | undefined> =>
  (await server.ok<{ items: Transfer[] }>('GET', '/api/admin/transfers')).items.find((row) => row.filename === filename);

describe('a push whose ends are killed', () => {
  let cluster: TestCluster;
  let open: TestServer;
  let walled: TestServer;

  beforeAll(async () => {
    cluster = await TestCluster.start(['open', 'walled'], { JOB_LEASE_MS: '1000', JOB_POLL_MS: '100' });
    [open, walled] = [cluster.at(0), cluster.at(1)];
    await walled.ok('POST', '/api/admin/about/update', { firewalled_mode: true });
    await cluster.register(walled, open);
    // Slow enough to be hit in the middle.
    await walled.ok('PATCH', '/api/admin/replication', { upload_limit: 8 * MB });
  });
  afterAll(() => cluster.dispose());

  it.each(['sender', 'receiver'])('resumes where it was after the %s is killed', async (victim) => {
    const name = `${victim}.pkg`;
    const content = someBytes(24 * MB);
    expect((await walled.upload(name, content)).status).toBe(201);
    await eventually(
      async () => {
        const transfer = await transferOf(open, name);
        expect(transfer?.verified_bytes).toBeGreaterThan(2 * MB);
      },
      { timeoutMs: 60_000 },
    );
    const killed = victim === 'sender' ? walled : open;
    await killed.kill9();
    await killed.start();
    expect(sha256(await open.downloaded(name, 90_000))).toBe(sha256(content));
  });
});

describe('a firewalled peer that lies', () => {
  let server: TestServer;
  let liar: ForeignPeer;
  const content = someBytes(3 * MB + 7);
  let uuid: string;
  const path = (rest: string): string => `/api/ods/packages/${uuid}/${rest}`;
  const push = async (rest: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> =>
    (await liar.call(server, 'PUT', path(rest), { bytes })).status;
  const block = (index: number): Buffer<ArrayBuffer> => content.subarray(index * MB, (index + 1) * MB);

  beforeAll(async () => {
    server = await TestServer.start('server', { JOB_POLL_MS: '100' });
    await server.ok('POST', '/api/admin/about/update', { name: 'server', url: server.url });
    liar = await ForeignPeer.start('Liar', { firewalled: true });
    await liar.registerWith(server);
    const entry = liar.entry('pushed.pkg', content);
    uuid = entry['uuid'] as string;
    const answer = await liar.pushEntries(server, [entry]);
    expect([answer.status, ((await answer.json()) as { wants: string[] }).wants]).toEqual([202, [uuid]]);
    await hasState(server, 'pushed.pkg', 'Waiting');
  });
  afterAll(async () => {
    liar?.stop();
    await server?.dispose();
  });

  it('cannot push blocks before their list, nor a wrong list', async () => {
    expect(await push('blocks/0', block(0))).toBe(409);
    expect(await push('manifest', Buffer.from(manifestOf(someBytes(4 * MB))))).toBe(422);
    expect(await push('manifest', Buffer.alloc(7))).toBe(422);
    expect(await push('manifest', Buffer.from(manifestOf(content)))).toBe(204);
  });

  it('cannot push wrong bytes, too few, too many, or blocks that do not exist', async () => {
    expect(await push('blocks/0', block(1))).toBe(422);
    expect(await push('blocks/0', block(0).subarray(1))).toBe(422);
    expect(await push('blocks/3', Buffer.concat([block(3), Buffer.alloc(1)]))).toBe(422);
    for (const index of ['4', '99999999', '-1', '1e3', '..%2f0', 'x']) expect(await push(`blocks/${index}`, block(0))).toBe(422);
    expect((await liar.call(server, 'PUT', path('blocks/0'), { json: { a: 1 } })).status).toBe(415);
    expect(await push('blocks/0', Buffer.alloc(5 * MB))).toBe(413);
    const transfer = await transferOf(server, 'pushed.pkg');
    expect([transfer?.verified_bytes, transfer?.last_error]).toEqual([0, expect.stringContaining('Liar')]);
  });

  it('cannot push what is not wanted, and no other peer can push at all', async () => {
    const unwanted = await liar.call(server, 'PUT', `/api/ods/packages/${newHexId()}/blocks/0`, { bytes: block(0) });
    expect(unwanted.status).toBe(404);
    const stranger = await ForeignPeer.start('Stranger');
    Object.assign(stranger, { about: { iss: (await server.ok<{ iss: string }>('GET', '/api/admin/about')).iss } });
    expect((await stranger.call(server, 'PUT', path('blocks/0'), { bytes: block(0) })).status).toBe(401);
    stranger.stop();
    const [signed, sent] = [block(0), block(1)];
    const token = liar.tokenFor('PUT', path('blocks/1'), signed);
    expect((await liar.call(server, 'PUT', path('blocks/1'), { bytes: sent, token })).status).toBe(401);
  });

  it('published nothing by all this; the truth is taken after it', async () => {
    expect((await packagesOf(server)).map(({ status }) => status)).not.toContain('Public');
    for (const index of [3, 1, 0, 2]) expect(await push(`blocks/${index}`, block(index))).toBe(204);
    expect(sha256(await server.downloaded('pushed.pkg'))).toBe(sha256(content));
    expect(await push('blocks/0', block(0))).toBe(404);
  });

  it('cannot have content published whose hash of the whole is false', async () => {
    const entry = liar.entry('false.pkg', content, { sha256: 'f'.repeat(64) });
    uuid = entry['uuid'] as string;
    await liar.pushEntries(server, [entry]);
    await eventually(async () => expect(await push('manifest', Buffer.from(manifestOf(content)))).toBe(204));
    for (const index of [0, 1, 2, 3]) await eventually(async () => expect(await push(`blocks/${index}`, block(index))).toBe(204));
    await hasState(server, 'false.pkg', 'Failed');
    expect((await transferOf(server, 'false.pkg'))?.last_error).toContain('SHA-256');
  });
});
