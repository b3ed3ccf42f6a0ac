import { DomainEvent } from '#libs/entities/domain-event.entity.js';
import { Package } from '#libs/entities/package.entity.js';
import { MunkiDocuments } from '#libs/munki/files/munki-documents.js';
import { MunkiPromotion } from '#libs/munki/promotion/munki-promotion.service.js';
import { Database } from '#libs/platform/database/database.js';
import { stampText } from '#libs/replication/stamp.js';
import { AdminCaller, problem } from '../support/admin-caller.js';
import { type AppInProcess, startApp } from '../support/app-in-process.js';
import { forEachDatabase } from '../support/databases.js';
import { pkginfo, plist } from './repository.js';

const PASSWORD = 'vermilion otter teapot';
const DAY = 86_400_000;
const running = new AbortController().signal;

interface Item {
  readonly path: string;
  readonly name: string;
  readonly catalogs: readonly string[];
  readonly listed: boolean;
  readonly problem: string | null;
}
interface Promotion {
  readonly rules: readonly unknown[];
  readonly planned: readonly { readonly name: string; readonly held_by: string | null }[];
  readonly promoted: number;
  readonly held: number;
  readonly ran_ts: number | null;
}

forEachDatabase((database) => {
  let server: AppInProcess;
  let admin: AdminCaller;
  beforeAll(async () => {
    server = await startApp({ env: { ADMIN_PASSWORD: PASSWORD, DATABASE_URL: database.url } });
    admin = new AdminCaller(server.url);
    await admin.signIn({ username: 'admin', password: PASSWORD });
  });
  afterAll(() => server.stop());

  const put = async (path: string, body: string): Promise<void> => {
    const headers = { authorization: `Bearer ${admin.token}` };
    const answer = await fetch(`${server.url}/api/admin/munki/files/${encodeURIComponent(path)}`, { method: 'PUT', body, headers });
    expect([200, 201]).toContain(answer.status);
  };
  /** An item in `testing` with its installer. */
  const anItem = async (name: string, more: Parameters<typeof plist>[0] = {}): Promise<string> => {
    await put(`pkgs/${name}-1.pkg`, `bytes of ${name}`);
    await put(`pkgsinfo/${name}-1.plist`, pkginfo(name, '1', `bytes of ${name}`, more));
    return `pkgsinfo/${name}-1.plist`;
  };
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await admin.send(method, `munki/${path}`, body);
    expect(answer.status).toBe(200);
    return (await answer.json()) as T;
  };
  const items = (query = ''): Promise<{ items: Item[]; total: number; next: string | null }> => ask('GET', `items${query}`);
  const catalogsOf = async (name: string): Promise<readonly string[] | undefined> =>
    (await items()).items.find((item) => item.name === name)?.catalogs;
  const promote = (paths: readonly string[], more: Record<string, unknown> = {}) =>
    ask<{ promoted: { path: string; catalogs: string[] }[]; skipped: { path: string; reason: string }[] }>('POST', 'promote', {
      ...{ paths, from: 'testing', to: 'production' },
      ...more,
    });
  const inCatalog = async (catalog: string): Promise<string> => {
    const answer = await fetch(`${server.url}/munki/catalogs/${catalog}`);
    return answer.ok ? answer.text() : '';
  };
  const eventsOf = async (type: string) =>
    (await server.app.get(Database).manager.find(DomainEvent, { where: { type }, order: { id: 'ASC' } })).map(({ data }) => data);
  /** As if nothing had been changed for so many days. */
  const age = async (days: number): Promise<void> => {
    const { manager } = server.app.get(Database);
    const contentStamp = stampText({ wallMs: Date.now() - days * DAY, counter: 0, iss: 'a'.repeat(32) });
    await manager.update(Package, { space: 'munki' }, { contentStamp });
    await put('client_resources/touched.txt', String(Math.random())); // catalogs are read again when the repository changes
  };
  const rule = { from: 'testing', to: 'production', after_days: 7 };

  it('promotes an item: clients find it in the other catalog, and nothing else of it changes', async () => {
    const path = await anItem('Firefox', { description: 'A browser' });
    expect(await inCatalog('testing')).toContain('<string>Firefox</string>');
    expect(await promote([path], { dry_run: true })).toMatchObject({ promoted: [{ path, catalogs: ['production'] }] });
    expect(await catalogsOf('Firefox')).toEqual(['testing']);
    expect(await promote([path])).toMatchObject({
      promoted: [{ path, name: 'Firefox', version: '1', catalogs: ['production'] }],
      skipped: [],
    });
    expect(await inCatalog('testing')).toBe('');
    expect(await inCatalog('production')).toMatch(/<string>A browser<\/string>[\s\S]*<string>Firefox<\/string>/);
    expect(await promote([path])).toMatchObject({ promoted: [], skipped: [{ path, reason: 'It is not in the catalog testing.' }] });
    const expected = { path, name: 'Firefox', version: '1', from: 'testing', to: 'production', automatic: false };
    expect(await eventsOf('munki.promoted')).toEqual([expected]);
  });

  it('skips what gives no item here, and promotes the others', async () => {
    await put('pkgsinfo/Absent-1.plist', pkginfo('Absent', '1', 'bytes that are not here'));
    await put('pkgsinfo/broken.plist', 'no property list');
    const path = await anItem('Good');
    const paths = ['pkgsinfo/Absent-1.plist', 'pkgsinfo/broken.plist', 'manifests/none', '../../etc/passwd', path, path];
    const { promoted, skipped } = await promote(paths, { keep_from: true });
    expect(promoted.map((each) => [each.path, each.catalogs])).toEqual([[path, ['testing', 'production']]]);
    expect(skipped.map((each) => each.path)).toEqual(paths.slice(0, 4));
    expect(skipped[0]!.reason).toContain('which this server does not have');
  });

  it('leaves alone what was edited between reading and writing', async () => {
    const path = await anItem('Edited');
    const documents = server.app.get(MunkiDocuments);
    const read = documents.read.bind(documents);
    const edited = pkginfo('Edited', '1', 'bytes of Edited', { catalogs: ['testing'], description: 'by another person' });
    documents.read = async (uuid) => {
      const bytes = await read(uuid);
      await put(path, edited);
      return bytes;
    };
    const { promoted, skipped } = await promote([path]).finally(() => void (documents.read = read));
    expect([promoted, skipped]).toEqual([[], [{ path, reason: expect.stringContaining('changed at the same time') }]]);
    expect(await inCatalog('testing')).toContain('by another person');
    expect((await promote([path])).promoted).toHaveLength(1);
  });

  it('refuses catalogs that cannot be, and orders that say nothing', async () => {
    for (const [from, to] of [
      ['all', 'production'],
      ['testing', 'ALL'],
      ['testing', 'testing'],
      ['testing', 'a/b'],
      ['testing', '..'],
    ]) {
      const answer = await admin.send('POST', 'munki/promote', { paths: ['pkgsinfo/x'], from, to });
      expect([answer.status, (await problem(answer)).type]).toEqual([400, expect.stringContaining('munki-catalog-name-invalid')]);
    }
    for (const body of [{ from: 'a', to: 'b' }, { from: 'a', to: 'b', paths: [] }, { from: 'a', to: 'b', paths: [1] }, { paths: ['x'] }])
      expect((await admin.send('POST', 'munki/promote', body)).status).toBe(400);
    expect((await admin.send('PUT', 'munki/promotion', { rules: [{ ...rule, to: 'all' }] })).status).toBe(400);
    expect((await admin.send('PUT', 'munki/promotion', { rules: [{ ...rule, after_days: 0 }] })).status).toBe(400);
  });

  it('lists items by catalog and name, page by page', async () => {
    expect((await items('?catalog=production')).items.map(({ name }) => name).sort()).toEqual(['Edited', 'Firefox', 'Good']);
    expect((await items('?q=FIRE')).items.map(({ name }) => name)).toEqual(['Firefox']);
    const all = (await items()).items.map(({ path }) => path);
    const paged: string[] = [];
    for (let cursor = ''; ;) {
      const page = await items(`?limit=1${cursor && `&cursor=${cursor}`}`);
      expect(page.total).toBe(all.length);
      paged.push(...page.items.map(({ path }) => path));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(paged).toEqual(all);
    expect((await admin.send('GET', 'munki/items?cursor=%21')).status).toBe(400);
    expect((await items()).items.find(({ name }) => name === 'Absent')).toMatchObject({ listed: false, problem: expect.any(String) });
  });

  it('promotes by rules what was left unchanged for so long, and nothing else', async () => {
    const service = server.app.get(MunkiPromotion);
    await anItem('Xcode');
    await anItem('Slack');
    await service.runDue(running);
    expect((await ask<Promotion>('GET', 'promotion')).ran_ts).toBeNull(); // there are no rules
    const set = await ask<Promotion>('PUT', 'promotion', { rules: [{ ...rule, except: ['Xcode'] }] });
    expect(set.planned.map(({ name, held_by: heldBy }) => [name, heldBy !== null])).toEqual(
      expect.arrayContaining([
        ['Slack', false],
        ['Absent', true],
      ]),
    );
    await service.runDue(running);
    expect(await catalogsOf('Slack')).toEqual(['testing']);
    await age(8);
    await service.runDue(running);
    expect([await catalogsOf('Slack'), await catalogsOf('Xcode'), await catalogsOf('Absent')]).toEqual([
      ['production'],
      ['testing'],
      ['testing'],
    ]);
    expect((await eventsOf('munki.promoted')).at(-1)).toMatchObject({ name: 'Slack', automatic: true });
    expect(await ask<Promotion>('GET', 'promotion')).toMatchObject({ promoted: 1, held: 0, ran_ts: expect.any(Number) });
  });

  it('does not promote again what was restored', async () => {
    expect((await admin.send('POST', 'munki/files/pkgsinfo%2FSlack-1.plist/restore')).status).toBe(200);
    expect(await catalogsOf('Slack')).toEqual(['testing']);
    await server.app.get(MunkiPromotion).runDue(running);
    expect(await catalogsOf('Slack')).toEqual(['testing']);
  });

  it('does not bring back an earlier content while a newer one is on its way', async () => {
    const path = await anItem('Arriving');
    const { manager } = server.app.get(Database);
    const where = { filenameKey: `munki/${path.toLowerCase()}` };
    const { uuid } = await manager.findOneByOrFail(Package, where);
    await manager.update(Package, where, { uuid: 'f'.repeat(32) });
    expect((await promote([path])).skipped).toEqual([{ path, reason: expect.stringContaining('is not whole on this server') }]);
    await manager.update(Package, where, { uuid });
  });

  it('leaves it to a person when the rules would change a large part of the repository at once', async () => {
    // With Slack and Arriving, which are in testing.
    const names = Array.from({ length: 12 }, (_, index) => `Many${index}`);
    for (const name of names) await anItem(name);
    await age(8);
    const service = server.app.get(MunkiPromotion);
    await service.runDue(running);
    await service.runDue(running);
    expect(await ask<Promotion>('GET', 'promotion')).toMatchObject({ promoted: 0, held: 14 });
    expect(await eventsOf('munki.promotion_held')).toEqual([{ items: 14 }]); // once, though it ran twice
    const paths = names.map((name) => `pkgsinfo/${name}-1.plist`);
    const refused = await admin.send('POST', 'munki/promote', { paths, from: 'testing', to: 'production' });
    expect([refused.status, (await problem(refused)).type]).toEqual([409, expect.stringContaining('mass-delete-unconfirmed')]);
    for (const name of names) expect(await catalogsOf(name)).toEqual(['testing']); // none of them, as the answer says
    expect((await promote(paths, { confirm: true })).promoted).toHaveLength(names.length);
    for (const name of names) expect(await catalogsOf(name)).toEqual(['production']);
  });
});
