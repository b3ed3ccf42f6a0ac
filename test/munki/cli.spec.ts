import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makePkg } from '#libs/inspection/formats/package-makers.testing.js';
import { ods } from '../support/ods-command.js';
import { TestServer } from '../support/test-server.js';
import { itemsOf, pkginfo, plist, put } from './repository.js';

describe('ods munki', () => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'ods-munki-'));
  const folder = path.join(scratch, 'repo');
  let server: TestServer;
  let account: Record<string, string>;
  beforeAll(async () => {
    server = await TestServer.start('munki-cli');
    const { token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'munki', role: 'publisher' });
    account = { ODS_URL: server.url, ODS_TOKEN: token };
    write('pkgs/apps/App-1.pkg', 'bytes');
    write('pkgs/Grüße.pkg', 'umlauts');
    write('pkgsinfo/apps/App-1.plist', pkginfo('App', '1', 'bytes', { installer_item_location: 'apps/App-1.pkg' }));
    write('manifests/site_default', plist({ catalogs: ['testing'], managed_installs: ['App'] }));
    write('icons/App.png', 'picture');
    for (const left of ['catalogs/all', 'icons/_icon_hashes.plist', 'pkgs/.DS_Store', 'pkgs/._App-1.pkg', 'README'])
      write(left, 'not sent');
  });
  afterAll(async () => {
    await server?.dispose();
    rmSync(scratch, { recursive: true, force: true });
  });

  function write(name: string, content: string): void {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  const munki = (...words: string[]) => ods(['munki', ...words], account);
  const pathsThere = async () =>
    (await server.ok<{ items: { path: string }[] }>('GET', '/api/admin/munki/files')).items.map(({ path: name }) => name);
  const sent = ['icons/App.png', 'manifests/site_default', 'pkgs/apps/App-1.pkg', 'pkgs/Grüße.pkg', 'pkgsinfo/apps/App-1.plist'];

  it('push only compares with --dry-run', async () => {
    const { code, out } = await munki('push', folder, '--dry-run');
    expect([code, out]).toEqual([0, expect.stringMatching(/manifests\/site_default +new/)]);
    expect(await pathsThere()).toEqual([]);
  });

  it('push sends what belongs to a repository, once, and clients get it', async () => {
    expect((await munki('push', folder)).code).toBe(0);
    expect((await pathsThere()).sort()).toEqual([...sent].sort());
    expect((await itemsOf(server, 'testing')).map(({ name }) => name)).toEqual(['App']);
    const again = await munki('push', folder, '--json');
    expect([again.code, JSON.parse(again.out)]).toEqual([0, { files: [], same: 5, problems: [] }]);
  });

  it('push says which items are in no catalog, and fails then', async () => {
    write('pkgsinfo/apps/Lost-1.plist', pkginfo('Lost', '1', 'nowhere'));
    const { code, out } = await munki('push', folder);
    expect([code, out]).toEqual([1, expect.stringMatching(/pkgsinfo\/apps\/Lost-1\.plist: It refers to .* It is in no catalog\./)]);
    expect((await munki('check')).code).toBe(1);
    rmSync(path.join(folder, 'pkgsinfo/apps/Lost-1.plist'));
  });

  it('push deletes only with --delete', async () => {
    expect((await munki('push', folder, '--dry-run')).out).toMatch(/Lost-1\.plist +extra/);
    expect((await munki('push', folder)).code).toBe(1); // it is still there, with its problem
    expect((await munki('push', folder, '--delete')).code).toBe(0);
    expect((await pathsThere()).sort()).toEqual([...sent].sort());
    expect(await munki('check')).toMatchObject({ code: 0, out: expect.stringMatching(/^testing +1 /m) });
  });

  it('push replaces what has changed, and refuses names that are none, and goes on with the others', async () => {
    write('pkgs/apps/App-1.pkg', 'bytes 2');
    write('pkgsinfo/apps/App-1.plist', pkginfo('App', '1', 'bytes 2', { installer_item_location: 'apps/App-1.pkg' }));
    write('pkgs/bad:name.pkg', 'x');
    symlinkSync('/', path.join(folder, 'pkgs', 'everything'));
    const { code, out } = await munki('push', folder);
    expect([code, out]).toEqual([1, expect.stringMatching(/pkgs\/bad:name\.pkg +refused +The filename must not contain/)]);
    expect(out).toMatch(/App-1\.pkg +replaced/);
    rmSync(path.join(folder, 'pkgs/bad:name.pkg'));
    expect((await munki('push', folder)).code).toBe(0);
  });

  it('pull brings the same files back, and again only what differs', async () => {
    const copy = path.join(scratch, 'copy');
    expect((await munki('pull', copy)).code).toBe(0);
    for (const name of sent) expect(readFileSync(path.join(copy, name), 'utf8')).toBe(readFileSync(path.join(folder, name), 'utf8'));
    const { mtimeMs } = statSync(path.join(copy, sent[0]!));
    writeFileSync(path.join(copy, sent[1]!), 'damaged');
    const again = await munki('pull', copy);
    expect([again.code, again.out]).toEqual([0, expect.stringMatching(/manifests\/site_default +fetched/)]);
    expect(again.out).toContain('4 files were there already');
    expect(statSync(path.join(copy, sent[0]!)).mtimeMs).toBe(mtimeMs);
    expect(readdirSync(path.join(copy, 'pkgs')).sort()).toEqual(['Grüße.pkg', 'apps']);
  });

  it('says what is wrong with words, folders and servers', async () => {
    expect(await munki('fetch')).toMatchObject({ code: 2, error: expect.stringContaining('push, pull, check') });
    expect(await munki('push')).toMatchObject({ code: 2, error: expect.stringContaining('FOLDER') });
    expect(await munki('push', scratch)).toMatchObject({ code: 2, error: expect.stringContaining('is no Munki repository') });
    expect(await munki('push', path.join(scratch, 'none'))).toMatchObject({ code: 2, error: expect.stringContaining('cannot be read') });
    const { token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'reader', role: 'viewer' });
    write('pkgs/new.pkg', 'new');
    const refused = await ods(['munki', 'push', folder], { ...account, ODS_TOKEN: token });
    expect([refused.code, refused.out]).toEqual([1, expect.stringMatching(/new\.pkg +refused/)]);
    expect(await put(server, 'pkgs/new.pkg', 'new')).toMatchObject({ status: 201 });
  });

  it('pkginfo makes an item of a package of the share, as soon as it was inspected', async () => {
    const file = path.join(scratch, 'Demo.pkg');
    writeFileSync(file, makePkg());
    expect((await ods(['upload', file, '--json'], account)).code).toBe(0);
    const words = ['pkginfo', 'Demo.pkg', '--name', 'Demo', '--catalogs', 'testing, production', '--folder', 'made'];
    expect(await munki(...words)).toMatchObject({
      code: 0,
      out: 'pkgsinfo/made/Demo-1.2.3.plist: written; every server gets it.\n',
      error: '',
    });
    for (const catalog of ['testing', 'production'])
      expect((await itemsOf(server, catalog)).map(({ name, location }) => [name, location])).toContainEqual(['Demo', 'share/Demo.pkg']);
    const again = await munki(...words, '--json');
    expect([again.code, JSON.parse(again.out)]).toEqual([0, expect.objectContaining({ already_existed: true, missing: [] })]);
    expect(await munki('pkginfo', 'None.pkg')).toMatchObject({ code: 1, out: '', error: expect.stringContaining('None.pkg') });
  });

  it('promote brings an item into another catalog, by its name, its version or its file', async () => {
    await put(server, 'pkgs/Twin.pkg', 'twin');
    for (const version of ['1', '2'])
      await put(server, `pkgsinfo/Twin-${version}.plist`, pkginfo('Twin', version, 'twin', { installer_item_location: 'Twin.pkg' }));
    const twins = async (catalog: string) => (await itemsOf(server, catalog)).filter(({ name }) => name === 'Twin').length;
    expect(await munki('promote', 'Twin-2', '--to', 'production', '--dry-run')).toMatchObject({
      ...{ code: 0, out: 'Twin 2: would be in production.\n', error: '' },
    });
    expect([await twins('testing'), await twins('production')]).toEqual([2, 0]);
    const { code, out } = await munki('promote', 'Twin-2', '--to', 'production');
    expect([code, out, await twins('testing'), await twins('production')]).toEqual([
      0,
      'Twin 2: is in production here; the other servers follow.\n',
      1,
      1,
    ]);
    expect(await munki('promote', 'pkgsinfo/Twin-1.plist', '--to', 'production', '--keep')).toMatchObject({
      ...{ code: 0, out: 'Twin 1: is in testing, production here; the other servers follow.\n' },
    });
    const again = await munki('promote', 'Twin', '--to', 'production', '--keep');
    expect([again.code, again.out]).toEqual([1, 'pkgsinfo/Twin-1.plist stays as it is: It is in testing and production already.\n']);
    expect(await munki('promote', 'Twin')).toMatchObject({ code: 2, error: expect.stringContaining('--to production') });
    expect(await munki('promote', 'Nothing', '--to', 'production')).toMatchObject({ code: 1, error: expect.stringContaining('Nothing') });
  });

  it('restore brings a deleted file back', async () => {
    const there = `${server.url}/munki/manifests/site_default`;
    await server.ok('DELETE', '/api/admin/munki/files/manifests%2Fsite_default?confirm=true');
    expect((await fetch(there)).status).toBe(404);
    const { code, out } = await munki('restore', 'manifests/site_default');
    expect([code, out]).toEqual([0, expect.stringMatching(/^manifests\/site_default is back, on every server: SHA-256 [0-9a-f]{64}\n$/)]);
    expect((await fetch(there)).status).toBe(200);
    expect(await munki('restore', 'manifests/never')).toMatchObject({ code: 1, out: '', error: expect.stringContaining('has no file') });
  });

  it.each([[[]], [['fetch']], [['pkginfo']], [['restore']], [['toString']]])('says which words are missing: %j', async (words) => {
    expect(await munki(...words)).toMatchObject({ code: 2, out: '', error: expect.stringContaining('Say which') });
  });
});
