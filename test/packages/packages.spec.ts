import { SqliteFile } from '#libs/platform/database/sqlite-file.js';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TestServer } from '../support/test-server.js';

const MIB = 2 ** 20;

interface Item {
  readonly id: number;
  readonly filename: string;
  readonly uuid: string;
  readonly sha256: string;
  readonly stage: string;
  readonly status: string;
  readonly notes: string | null;
  readonly chunks: { index: number; sha1: string }[];
}
interface Page {
  readonly items: Item[];
  readonly total: number;
  readonly next: string | null;
}

describe('packages', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start('packages');
  });
  afterAll(() => server.dispose());

  const at = (idOrName: string | number, action = '') => `/api/admin/packages/${encodeURIComponent(String(idOrName))}${action}`;
  const upload = async (name: string, content: string | Buffer, fields: Record<string, string> = {}) =>
    (await server.upload<Item>(name, content as string, fields)).body;
  const get = (idOrName: string | number) => server.ok<Item>('GET', at(idOrName));
  const shared = (name: string) => path.join(server.dataDir, 'share', name);
  const served = async (name: string) => (await fetch(`${server.url}/share/${encodeURIComponent(name)}`)).status;

  it('are listed in pages that a client can follow', async () => {
    for (const letter of 'edcba') await upload(`list-${letter}.pkg`, letter);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page = await server.ok<Page>('GET', `/api/admin/packages?q=LIST-&limit=2${query}`);
      expect(page.total).toBe(5);
      seen.push(...page.items.map(({ filename }) => filename));
      cursor = page.next;
    }
    expect(seen).toEqual(['list-a.pkg', 'list-b.pkg', 'list-c.pkg', 'list-d.pkg', 'list-e.pkg']);
    const newest = await server.ok<Page>('GET', '/api/admin/packages?q=list-&sort=-created&limit=1');
    expect(newest.items[0]?.filename).toBe('list-a.pkg');
    expect(await server.ok('GET', '/api/admin/packages?filename=LIST-C.PKG')).toMatchObject({
      total: 1,
      next: null,
      items: [{ filename: 'list-c.pkg' }],
    });
  });

  it.each(['limit=0', 'limit=501', 'limit=x', 'sort=uuid', 'stage=prod', 'status=gone', 'cursor=nonsense', 'unknown=1', 'q=a&q=b'])(
    'are not listed for %s',
    async (query) => {
      expect((await server.api('GET', `/api/admin/packages?${query}`)).status).toBe(400);
    },
  );

  it('are found by id and by name, with the hashes of their blocks', async () => {
    const content = randomBytes(2 * MIB + 5);
    const { id } = await upload('Details.pkg', content);
    const sha1 = (start: number) =>
      createHash('sha1')
        .update(content.subarray(start, start + MIB))
        .digest('hex');
    for (const key of [id, 'Details.pkg', 'details.PKG']) {
      expect((await get(key)).chunks).toEqual([0, 1, 2].map((index) => ({ index, sha1: sha1(index * MIB) })));
    }
    const { id: other } = await upload(String(id), 'named like an id');
    expect((await get(id)).filename).toBe(String(id)); // the name wins
    expect(await server.ok('GET', `${at(id)}?by=id`)).toMatchObject({ filename: 'Details.pkg' });
    expect((await get(other)).filename).toBe(String(id));
    for (const key of ['nothing.pkg', 999_999_999, '9'.repeat(30), '-1', '%00'])
      expect((await server.api('GET', at(key))).status).toBe(404);
  });

  it('are promoted and demoted: what this server does not admit is not served, and comes back', async () => {
    await upload('stage.pkg', 'x', { stage: 'Prod' });
    expect(await server.ok('PATCH', at('stage.pkg'), { stage: 'Test', notes: 'Not yet' })).toMatchObject({
      stage: 'Test',
      notes: 'Not yet',
      status: 'Withdrawn',
    });
    expect(await served('stage.pkg')).toBe(404);
    expect(existsSync(shared('stage.pkg'))).toBe(false);
    expect(await server.ok('PATCH', at('stage.pkg'), { stage: 'Prod' })).toMatchObject({
      stage: 'Prod',
      notes: 'Not yet',
      status: 'Public',
    });
    expect(await served('stage.pkg')).toBe(200);
    expect(await server.ok('PATCH', at('stage.pkg'), { notes: null })).toMatchObject({ stage: 'Prod', notes: null });
  });

  it('are not written anew for a change that changes nothing', async () => {
    const uploaded = await upload('idle.pkg', 'x', { notes: 'n' });
    const before = await get('idle.pkg');
    for (const change of [{}, { stage: uploaded.stage }, { notes: 'n' }])
      expect((await server.api('PATCH', at('idle.pkg'), change)).status).toBe(200);
    expect(await get('idle.pkg')).toEqual(before);
  });

  it.each([{ stage: 'prod' }, { filename: 'other.pkg' }, { notes: 'x'.repeat(2_001) }, { notes: 5 }])(
    'are not changed by %j',
    async (change) => {
      await upload('fixed.pkg', 'x');
      expect((await server.api('PATCH', at('fixed.pkg'), change)).status).toBe(400);
    },
  );

  it('are deleted, and can be brought back while their bytes are kept', async () => {
    const uploaded = await upload('deleted.pkg', 'precious');
    expect((await server.api('DELETE', at('deleted.pkg'))).status).toBe(204);
    for (const call of ['GET', 'PATCH', 'DELETE'])
      expect((await server.api(call, at('deleted.pkg'), call === 'PATCH' ? { stage: 'Test' } : undefined)).status).toBe(404);
    expect(await served('deleted.pkg')).toBe(404);
    expect(readdirSync(path.join(server.dataDir, 'share'))).not.toContain('deleted.pkg');
    expect((await server.ok<Page>('GET', '/api/admin/packages?q=deleted')).total).toBe(0);

    expect(await server.ok('POST', at('deleted.pkg', '/restore'))).toMatchObject({ uuid: uploaded.uuid, status: 'Public' });
    expect((await server.downloaded('deleted.pkg')).toString()).toBe('precious');
    expect(readFileSync(shared('deleted.pkg'), 'utf8')).toBe('precious');
  });

  it('can be brought back to the version before, and forth again', async () => {
    await upload('versions.pkg', 'one');
    await upload('versions.pkg', 'two', { replace: 'true' });
    for (const content of ['one', 'two', 'one']) {
      await server.ok('POST', at('versions.pkg', '/restore'));
      expect((await server.downloaded('versions.pkg')).toString()).toBe(content);
    }
  });

  it('that have no other version, or never were, cannot be brought back', async () => {
    await upload('single.pkg', 'x');
    expect((await server.api('POST', at('single.pkg', '/restore'))).status).toBe(409);
    expect((await server.api('POST', at('never.pkg', '/restore'))).status).toBe(404);
  });

  it('can be uploaded again after they were deleted', async () => {
    const first = await upload('again.pkg', 'x');
    await server.ok('DELETE', at('again.pkg'));
    const { status, body } = await server.upload<Item>('again.pkg', 'x');
    expect([status, body.status]).toEqual([201, 'Public']);
    expect(body.uuid).not.toBe(first.uuid);
  });

  it('are verified on disk', async () => {
    await upload('intact.pkg', randomBytes(2 * MIB));
    expect(await server.ok('POST', at('intact.pkg', '/verify'))).toMatchObject({
      intact: true,
      package: { filename: 'intact.pkg', status: 'Public' },
    });
  });

  it('that are damaged on disk are not served any more, and heal when the same file is uploaded again', async () => {
    const content = randomBytes(2 * MIB);
    const { uuid } = await upload('damaged.pkg', content);
    const file = path.join(server.dataDir, 'content', uuid);
    const damaged = Buffer.from(content);
    damaged[MIB + 7]! ^= 1;
    writeFileSync(file, damaged);

    expect(await server.ok('POST', at('damaged.pkg', '/verify'))).toMatchObject({ intact: false, package: { status: 'Quarantined' } });
    expect(await served('damaged.pkg')).toBe(404);
    expect(existsSync(shared('damaged.pkg'))).toBe(false);
    expect(existsSync(file)).toBe(false);
    expect((await server.api('POST', at('damaged.pkg', '/verify'))).status).toBe(409);

    const { status, body } = await server.upload<Item>('damaged.pkg', content);
    expect([status, body.status, body.uuid]).toEqual([200, 'Public', uuid]);
    expect((await server.downloaded('damaged.pkg')).equals(content)).toBe(true);
    expect(readFileSync(shared('damaged.pkg')).equals(content)).toBe(true);
  });

  it('leave a trail of who did what', async () => {
    await upload('trail.pkg', 'x');
    await server.ok('PATCH', at('trail.pkg'), { stage: 'Test' });
    await server.ok('DELETE', at('trail.pkg'));
    const database = new SqliteFile(path.join(server.dataDir, 'ods.sqlite'), { readonly: true });
    const events = database.prepare("SELECT action, actor FROM audit_event WHERE subject = 'trail.pkg' ORDER BY id").all();
    database.close();
    expect(events).toEqual(['package.uploaded', 'package.updated', 'package.deleted'].map((action) => ({ action, actor: 'admin' })));
  });
});
