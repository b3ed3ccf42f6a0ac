import { linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { adminOf } from '../maintenance/ods-admin.js';
import { eventually } from '../support/eventually.js';
import { ForeignPeer, manifestOf, newHexId } from '../support/foreign-peer.js';
import { scratchDir } from '../support/services.js';
import { TestCluster } from '../support/test-cluster.js';
import { TestServer } from '../support/test-server.js';
import { hasState, type Listed, packagesOf, sha256, someBytes } from './packages.js';

const MB = 1_048_576;
const later = (iss: string): Record<string, unknown> => ({ stamp: { wall_ms: Date.now() + 5_000, counter: 0, iss } });

interface ShownPeer {
  readonly name: string;
  readonly last_refusal: string | null;
}

/** A content belongs to one name and is what it was verified to be, whatever other servers say of it. */
describe('a registered server that names contents of others', () => {
  let server: TestServer;
  let rogue: ForeignPeer;
  let victim: Listed;
  const content = someBytes(2 * MB + 7);

  beforeEach(async () => {
    server = await TestServer.start('server', { JOB_POLL_MS: '100', PEER_TIMEOUT_MS: '700', RETENTION_DAYS: '0' });
    await server.ok('POST', '/api/admin/about/update', { name: 'server', url: server.url });
    rogue = await ForeignPeer.start('Rogue');
    await rogue.registerWith(server);
    await server.upload('victim.pkg', content);
    victim = await hasState(server, 'victim.pkg', 'Public');
  });
  afterEach(async () => {
    rogue?.stop();
    await server?.dispose();
  });

  const send = async (entry: Record<string, unknown>): Promise<{ taken: number; refused: string[] }> => {
    const answer = await rogue.pushEntries(server, [entry]);
    expect(answer.status).toBe(202);
    return (await answer.json()) as { taken: number; refused: string[] };
  };
  const isUnharmed = async (): Promise<void> => {
    const response = await fetch(`${server.url}/share/victim.pkg`);
    expect([response.status, sha256(new Uint8Array(await response.arrayBuffer()))]).toEqual([200, sha256(content)]);
    expect(response.headers.get('repr-digest')).toBe(`sha-256=:${Buffer.from(sha256(content), 'hex').toString('base64')}:`);
    expect(await server.ok('POST', '/api/admin/packages/victim.pkg/verify')).toMatchObject({ intact: true });
    expect(readFileSync(path.join(server.dataDir, 'content', victim.uuid)).equals(content)).toBe(true);
  };
  const isNamed = async (words: string): Promise<void> => {
    const { items } = await server.ok<{ items: ShownPeer[] }>('GET', '/api/admin/registered_ods');
    expect(items.find(({ name }) => name === 'Rogue')?.last_refusal).toContain(words);
    const { items: audit } = await server.ok<{ items: { action: string; subject: string }[] }>(
      'GET',
      '/api/admin/audit?action=peer.entry_refused',
    );
    expect(audit[0]).toMatchObject({ subject: 'Rogue' });
  };

  it.each([
    ['size', { size: 3 }],
    ['sha256', { sha256: 'a'.repeat(64) }],
    ['sha1', { sha1: 'a'.repeat(40) }],
    ['manifest_sha256', { manifest_sha256: 'a'.repeat(64) }],
    ['filename', { filename: 'alias.pkg' }],
    ['filename', { filename: 'other.pkg', deleted: true }],
  ])('is refused another %s for a known uuid, and named', async (field, wrong) => {
    const claim = rogue.entry('victim.pkg', content, { uuid: victim.uuid, ...later(rogue.iss), ...wrong });
    expect(await send(claim)).toMatchObject({ taken: 0, refused: [expect.stringContaining(`another ${field} than is known`)] });
    await isUnharmed();
    await isNamed(field);
    expect((await packagesOf(server)).map(({ filename }) => filename)).toEqual(['victim.pkg']);
  });

  it('may write that the name is deleted, and restoring brings the right bytes back', async () => {
    const tombstone = rogue.entry('victim.pkg', content, { uuid: victim.uuid, deleted: true, ...later(rogue.iss) });
    expect((await send(tombstone)).refused).toEqual([]);
    await eventually(async () => expect((await fetch(`${server.url}/share/victim.pkg`)).status).toBe(404));
    await server.ok('POST', '/api/admin/packages/victim.pkg/restore');
    await isUnharmed();
  });

  it('cannot bind one uuid to two names in one message', async () => {
    const uuid = newHexId();
    const answer = await rogue.pushEntries(server, [
      rogue.entry('one.pkg', Buffer.from('x'), { uuid }),
      rogue.entry('two.pkg', Buffer.from('x'), { uuid }),
    ]);
    expect(await answer.json()).toMatchObject({ taken: 1, refused: [expect.stringContaining('two.pkg')] });
  });

  it('keeps serving a package that is replaced by a content that no server has', async () => {
    const missing = someBytes(2 * MB);
    const entry = rogue.entry('victim.pkg', missing, later(rogue.iss));
    expect(await send(entry)).toMatchObject({ taken: 1, refused: [] });
    const pending = async (): Promise<unknown> => (await packagesOf(server))[0];
    await eventually(async () => expect(await pending()).toMatchObject({ replacement_pending: true, served_uuid: victim.uuid }));
    await isServed(content);
    await server.restart();
    await isServed(content);
    expect(readdirSync(path.join(server.dataDir, 'share'))).toEqual(['victim.pkg']);

    // As soon as it can be fetched and is right, it is what is served.
    const uuid = entry['uuid'] as string;
    rogue.json(`packages/${uuid}/availability`, () => ({ complete: true }));
    const ods = { 'ods-protocol': '1', 'content-type': 'application/octet-stream' };
    rogue.routes.set(`packages/${uuid}/manifest`, (_request, response) => void response.writeHead(200, ods).end(manifestOf(missing)));
    rogue.routes.set(`packages/${uuid}/content`, (request, response) => {
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!;
      const part = missing.subarray(Number(first), Number(last) + 1);
      response.writeHead(206, { ...ods, 'content-length': part.length }).end(part);
    });
    await rogue.pushEntries(server, [entry]);
    await eventually(() => isServed(missing), { timeoutMs: 60_000 });
    expect(await pending()).toMatchObject({ status: 'Public', replacement_pending: false, served_uuid: uuid });
  });

  it('is undone by restoring what is served while the replacement is missing', async () => {
    await send(rogue.entry('victim.pkg', someBytes(100), later(rogue.iss)));
    await server.ok('POST', '/api/admin/packages/victim.pkg/restore');
    expect(await hasState(server, 'victim.pkg', 'Public')).toMatchObject({ uuid: victim.uuid });
    await isUnharmed();
  });

  async function isServed(bytes: Buffer): Promise<void> {
    const response = await fetch(`${server.url}/share/victim.pkg`);
    expect([response.status, sha256(new Uint8Array(await response.arrayBuffer()))]).toEqual([200, sha256(bytes)]);
    expect(response.headers.get('repr-digest')).toBe(`sha-256=:${Buffer.from(sha256(bytes), 'hex').toString('base64')}:`);
  }
});

describe('a published file', () => {
  it('is never written to: a backup and every other name of it stay as they are while the content is damaged and repaired', async () => {
    const cluster = await TestCluster.line(['a', 'b']);
    const [a, b] = [cluster.at(0), cluster.at(1)];
    const content = someBytes(4 * MB + 5);
    await a.upload('kept.pkg', content);
    const { uuid } = await hasState(b, 'kept.pkg', 'Public');
    const file = path.join(b.dataDir, 'content', uuid);
    const backup = path.join(scratchDir('backups'), 'b');
    expect(await adminOf(b, 'backup', backup)).toMatchObject({ code: 0 });

    // Damaged in place, as a failing disk or a program does it, and held on to by another name.
    const damaged = Buffer.from(content);
    damaged[2 * MB + 9]! ^= 1;
    writeFileSync(file, damaged);
    const otherName = path.join(b.dataDir, 'staging', 'other-name');
    linkSync(file, otherName);
    expect(await b.ok('POST', '/api/admin/packages/kept.pkg/verify')).toMatchObject({ intact: false });
    await b.logged('kept.pkg: 4 of 5 blocks of the file on disk are right and are kept.');
    await hasState(b, 'kept.pkg', 'Public');
    expect(sha256(await b.downloaded('kept.pkg'))).toBe(sha256(content));
    expect(readFileSync(otherName).equals(damaged)).toBe(true);
    expect(sha256(readFileSync(path.join(backup, 'content', uuid)))).toBe(sha256(content));

    // A damaged content does not enter a backup, and one that shares its file with the server (an earlier version) is replaced by a copy.
    const shared = path.join(scratchDir('backups'), 'shared');
    expect(await adminOf(b, 'backup', shared)).toMatchObject({ code: 0 });
    writeFileSync(path.join(shared, 'content', uuid), 'x');
    expect(await adminOf(b, 'backup', shared)).toMatchObject({ code: 0 });
    expect(sha256(readFileSync(path.join(shared, 'content', uuid)))).toBe(sha256(content));
    expect(sha256(readFileSync(file))).toBe(sha256(content));
    await cluster.dispose();
  });
});
