import { execFileSync } from 'node:child_process';
import { TestServer } from '../support/test-server.js';
import { itemsOf, pkginfo, plist, put, sha256 } from './repository.js';

interface Problem {
  readonly path: string;
  readonly code: string;
  readonly left_out: boolean;
}

describe('a Munki repository', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start('munki');
  });
  afterAll(() => server?.dispose());

  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}/munki/${path}`, { headers, redirect: 'manual' });
  const catalogs = () =>
    server.ok<{ catalogs: { name: string; items: number; sha256: string }[]; problems: Problem[] }>('GET', '/api/admin/munki/catalogs');
  const problemsOf = async (path: string) => (await catalogs()).problems.filter((problem) => problem.path === path).map(({ code }) => code);
  const remove = (path: string) => server.api('DELETE', `/api/admin/munki/files/${encodeURIComponent(path)}?confirm=true`);

  it('has an empty catalog and no files at first', async () => {
    expect(await itemsOf(server, 'all')).toEqual([]);
    expect((await get('catalogs/all')).status).toBe(200);
    expect((await get('')).status).toBe(200);
    expect((await server.ok<{ items: unknown[] }>('GET', '/api/admin/munki/files')).items).toEqual([]);
  });

  it('names an item only when its file is here with the hash that it says', async () => {
    const bytes = 'bytes of the app';
    expect(await put(server, 'pkgsinfo/App-1.plist', pkginfo('App', '1', bytes))).toMatchObject({
      status: 201,
      body: { path: 'pkgsinfo/App-1.plist' },
    });
    expect([await itemsOf(server, 'all'), await problemsOf('pkgsinfo/App-1.plist')]).toEqual([[], ['missing-installer']]);
    expect((await put(server, 'pkgs/App-1.pkg', 'other bytes')).status).toBe(201);
    expect([await itemsOf(server, 'testing'), await problemsOf('pkgsinfo/App-1.plist')]).toEqual([[], ['other-hash']]);
    expect((await put(server, 'pkgs/App-1.pkg', bytes)).status).toBe(200);
    const item = { name: 'App', location: 'App-1.pkg', hash: sha256(bytes) };
    expect([await itemsOf(server, 'all'), await itemsOf(server, 'testing'), await problemsOf('pkgsinfo/App-1.plist')]).toEqual([
      [item],
      [item],
      [],
    ]);
    expect((await get('catalogs/production')).status).toBe(404);
    expect((await remove('pkgs/App-1.pkg')).status).toBe(204);
    expect(await itemsOf(server, 'all')).toEqual([]);
    expect((await put(server, 'pkgs/App-1.pkg', bytes)).status).toBe(201);
    expect(await itemsOf(server, 'all')).toEqual([item]);
  });

  it('gives catalogs to the byte as Python writes them, without what is for its authors', async () => {
    const catalog = Buffer.from(await (await get('catalogs/all')).arrayBuffer());
    const script = 'import plistlib,sys;d=plistlib.loads(sys.stdin.buffer.read());sys.stdout.buffer.write(plistlib.dumps(d))';
    expect(execFileSync('python3', ['-c', script], { input: catalog }).toString()).toBe(catalog.toString());
    expect(catalog.toString()).not.toMatch(/for the team|made by hand/);
  });

  it('answers a client as Munki asks: type, entity tag, not modified, ranges, no redirect', async () => {
    await put(server, 'manifests/site default', plist({ catalogs: ['testing'], managed_installs: ['App'] }));
    for (const path of ['catalogs/all', 'manifests/site%20default']) {
      const first = await get(path);
      expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/xml']);
      const again = await get(path, { 'if-none-match': first.headers.get('etag')! });
      expect([again.status, await again.text()]).toEqual([304, '']);
      const head = await fetch(`${server.url}/munki/${path}`, { method: 'HEAD' });
      expect([head.status, head.headers.get('content-length')]).toEqual([200, String((await first.arrayBuffer()).byteLength)]);
    }
    const part = await get('pkgs/App-1.pkg', { range: 'bytes=6-7' });
    expect([part.status, await part.text(), part.headers.get('content-disposition')]).toEqual([206, 'of', null]);
  });

  it.each([
    'pkgsinfo/App-1.plist',
    'catalogs/unknown',
    'manifests',
    'manifests/none',
    'pkgs/share/none.pkg',
    'pkgs/..%2Fmanifests%2Fsite%20default',
    'munki/pkgs/App-1.pkg',
  ])('has nothing for clients at %s', async (path) => expect((await get(path)).status).toBe(404));

  it('has packages of the share below pkgs/share, and follows them', async () => {
    const bytes = 'a package of the share';
    const path = 'pkgsinfo/apps/Shared.plist';
    await put(server, path, pkginfo('Shared', '2', bytes, { installer_item_location: 'share/Shared.pkg', catalogs: ['production'] }));
    expect(await problemsOf('pkgsinfo/apps/Shared.plist')).toEqual(['missing-installer']);
    expect((await server.upload('Shared.pkg', bytes)).status).toBe(201);
    expect(await itemsOf(server, 'production')).toEqual([{ name: 'Shared', location: 'share/Shared.pkg', hash: sha256(bytes) }]);
    expect(await (await get('pkgs/share/Shared.pkg')).text()).toBe(bytes);
    expect((await server.upload('Shared.pkg', 'replaced', { replace: 'true' })).status).toBe(201);
    expect([await itemsOf(server, 'production'), await problemsOf('pkgsinfo/apps/Shared.plist')]).toEqual([[], ['other-hash']]);
    expect((await server.api('DELETE', '/api/admin/packages/Shared.pkg')).status).toBe(204);
    expect(await problemsOf('pkgsinfo/apps/Shared.plist')).toEqual(['missing-installer']);
  });

  it('says which items, catalogs and manifests a manifest names in vain', async () => {
    await put(
      server,
      'manifests/lab',
      plist({ catalogs: ['testing', 'beta'], managed_installs: ['App', 'App-1', 'Nap'], included_manifests: ['none'] }),
    );
    expect(await problemsOf('manifests/lab')).toEqual(['unknown-catalog', 'unknown-item', 'unknown-manifest']);
    expect((await remove('manifests/lab')).status).toBe(204);
  });

  it('lists icons with their hashes', async () => {
    await put(server, 'icons/App.png', 'a picture');
    expect(await (await get('icons/_icon_hashes.plist')).text()).toContain(`<key>App.png</key>\n\t<string>${sha256('a picture')}</string>`);
  });

  it('is apart from the share', async () => {
    const { items } = await server.ok<{ items: { filename: string }[] }>('GET', '/api/admin/packages');
    expect(items).toEqual([]);
    for (const path of ['share/munki%2Fpkgs%2FApp-1.pkg', 'Packages/munki%2Fpkgs%2FApp-1.pkg'])
      expect((await fetch(`${server.url}/${path}`)).status).toBe(404);
    expect((await server.api('DELETE', `/api/admin/packages/${encodeURIComponent('munki/pkgs/App-1.pkg')}`)).status).toBe(404);
    expect(
      (await server.api('PUT', `/api/admin/packages/${encodeURIComponent('munki/pkgs/x.pkg')}/content`, Buffer.from('x'))).status,
    ).toBe(400);
  });

  it.each([
    ['catalogs/all', 'one of manifests'],
    ['_icons/a.png', 'one of manifests'],
    ['pkgs/share/a.pkg', 'upload the file as a package'],
    ['pkgs/.hidden', 'begin with a dot'],
    ['pkgs/..', 'begin with a dot'],
  ])('takes no file at %s', async (path, reason) => {
    expect(await put(server, path, 'x')).toMatchObject({ status: 400, body: { detail: expect.stringContaining(reason) } });
  });

  it('refuses a file that is not the one that was meant', async () => {
    expect((await put(server, 'pkgs/meant.pkg', 'other', `?sha256=${sha256('meant')}`)).status).toBe(400);
    expect((await get('pkgs/meant.pkg')).status).toBe(404);
    expect((await remove('pkgs/meant.pkg')).status).toBe(404);
  });

  it.each<[string, string | Buffer, string]>([
    ['no XML', 'name: yaml', 'unreadable'],
    ['a binary list', Buffer.from('bplist00'), 'unreadable'],
    ['an entity', '<!DOCTYPE plist [<!ENTITY a "b">]><plist><dict/></plist>', 'unreadable'],
    ['a list', '<plist><array/></plist>', 'unreadable'],
    ['no name', plist({ version: '1' }), 'no-name'],
    ['no installer', plist({ name: 'x' }), 'no-installer'],
    ['catalogs that are a text', plist({ name: 'x', catalogs: 'testing', installer_type: 'nopkg' }), 'bad-value'],
    ['a catalog that is a path', plist({ name: 'x', catalogs: ['../all'], installer_type: 'nopkg' }), 'bad-catalog'],
    ['a catalog called all', plist({ name: 'x', catalogs: ['All'], installer_type: 'nopkg' }), 'bad-catalog'],
    ['a location outside', plist({ name: 'x', installer_item_location: '../../etc/passwd' }), 'missing-installer'],
  ])('has a problem, and serves the others, where a pkginfo file has %s', async (_what, body, code) => {
    await put(server, 'pkgsinfo/odd.plist', body);
    expect(await problemsOf('pkgsinfo/odd.plist')).toEqual([code]);
    expect((await itemsOf(server, 'all')).map(({ name }) => name)).toContain('App');
  });

  it('reads binary property lists, too', async () => {
    const script =
      'import plistlib,sys;sys.stdout.buffer.write(plistlib.dumps({"name":"Binary","installer_type":"nopkg"},fmt=plistlib.FMT_BINARY))';
    await put(server, 'pkgsinfo/odd.plist', execFileSync('python3', ['-c', script]));
    expect(await problemsOf('pkgsinfo/odd.plist')).toEqual([]);
    expect((await itemsOf(server, 'all')).map(({ name }) => name)).toContain('Binary');
  });

  it('lists files in pages, of one folder or by a part of their path', async () => {
    interface Page {
      readonly items: { readonly path: string }[];
      readonly next: string | null;
    }
    const list = (query: string) => server.ok<Page>('GET', `/api/admin/munki/files?${query}`);
    const all: string[] = [];
    for (let cursor = ''; ;) {
      const page = await list(`limit=2${cursor}`);
      all.push(...page.items.map(({ path }) => path));
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    const paths = [
      'icons/App.png',
      'manifests/site default',
      'pkgs/App-1.pkg',
      'pkgsinfo/App-1.plist',
      'pkgsinfo/apps/Shared.plist',
      'pkgsinfo/odd.plist',
    ];
    expect(all).toEqual(paths);
    expect((await list('kind=pkgs')).items.map(({ path }) => path)).toEqual(['pkgs/App-1.pkg']);
    expect((await list('q=APP-1')).items.map(({ path }) => path)).toEqual(['pkgs/App-1.pkg', 'pkgsinfo/App-1.plist']);
    expect((await server.api('GET', '/api/admin/munki/files?cursor=x')).status).toBe(400);
  });

  it('has the same catalogs after a kill', async () => {
    const before = await catalogs();
    await server.kill9();
    await server.start();
    expect(await catalogs()).toEqual(before);
  });
});
