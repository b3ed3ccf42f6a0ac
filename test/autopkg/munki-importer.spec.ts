import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { makePkg, makeSigner } from '#libs/inspection/formats/package-makers.testing.js';
import type { PlistValue } from '#libs/platform/plist/plist-value.js';
import { itemsOf, sha256 } from '../munki/repository.js';
import { isLeftOut, scratchDir } from '../support/services.js';
import { TestServer } from '../support/test-server.js';
import { type Ran, runProcessor } from './processors.js';

(isLeftOut('python3') ? describe.skip : describe)('ODSMunkiImporter', () => {
  const files = scratchDir('munki-importer');
  const signer = makeSigner();
  let server: TestServer;
  let account: { ODS_URL: string; ODS_TOKEN: string };
  beforeAll(async () => {
    server = await TestServer.start('munki-importer');
    const { token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'autopkg', role: 'publisher' });
    account = { ODS_URL: server.url, ODS_TOKEN: token };
  });
  afterAll(() => server?.dispose());

  const run = (inputs: Record<string, PlistValue>): Promise<Ran> =>
    runProcessor('ODSMunkiImporter', new Map<string, PlistValue>(Object.entries({ max_tries: '2', ...inputs })), account);
  const upload = async (name: string, bytes: Buffer): Promise<void> => {
    const file = path.join(files, name);
    writeFileSync(file, bytes);
    expect(await runProcessor('ODSPackageUploader', { pkg_path: file, ods_stage: 'Prod' }, account)).toMatchObject({ code: 0 });
  };

  it('makes an item of what was uploaded, that clients find at once, with the keys of the recipe', async () => {
    const bytes = makePkg({ version: '1.2', signer });
    await upload('Demo-1.2.pkg', bytes);
    const pkginfo = new Map<string, PlistValue>([
      ['catalogs', ['development']],
      ['display_name', 'The demo'],
      ['unattended_install', true],
      ['notes', 'for us'],
      ['force_install_after_date', new Date('2027-01-02T03:04:05Z')],
      ['icon', Buffer.from('png')],
    ]);
    const ran = await run({ pkg_name: 'Demo-1.2.pkg', NAME: 'Demo', pkginfo, MUNKI_REPO_SUBDIR: 'apps/demo' });
    expect(ran).toMatchObject({
      code: 0,
      env: {
        pkginfo_repo_path: 'pkgsinfo/apps/demo/Demo-1.2.plist',
        pkg_repo_path: 'pkgs/share/Demo-1.2.pkg',
        munki_repo_changed: true,
        munki_info: { name: 'Demo', version: '1.2', display_name: 'The demo', unattended_install: true, catalogs: ['development'] },
        munki_importer_summary_result: { data: { name: 'Demo', version: '1.2', catalogs: 'development' } },
      },
    });
    expect((ran.env['munki_info'] as { receipts: unknown[] }).receipts).toContainEqual(expect.objectContaining({ version: '1.2' }));
    const catalog = await (await fetch(`${server.url}/munki/catalogs/development`)).text();
    expect(catalog).toMatch(/<date>2027-01-02T03:04:05Z<\/date>[^]*<data>\s*cG5n\s*<\/data>/);
    expect(await itemsOf(server, 'development')).toEqual([{ name: 'Demo', location: 'share/Demo-1.2.pkg', hash: sha256(bytes) }]);
    expect(JSON.stringify(ran)).not.toContain(account.ODS_TOKEN);
  });

  it('writes nothing the second time, and says so', async () => {
    const ran = await run({ pkg_name: 'Demo-1.2.pkg', NAME: 'Demo', MUNKI_REPO_SUBDIR: 'apps/demo' });
    expect(ran).toMatchObject({ code: 0, env: { munki_repo_changed: false }, log: expect.stringContaining('is there already') });
    expect(ran.env['munki_importer_summary_result']).toBeUndefined();
    expect(ran.env['munki_info']).toMatchObject({ display_name: 'The demo' });
  });

  it('leaves an item of another content alone until it is to be replaced', async () => {
    await upload('Demo-1.2b.pkg', makePkg({ version: '1.2', signer: makeSigner() }));
    const inputs = { pkg_name: 'Demo-1.2b.pkg', NAME: 'Demo', munki_repo_subdirectory: 'apps/demo' };
    expect(await run(inputs)).toMatchObject({ code: 10, log: expect.stringContaining('names another content') });
    expect(await run({ ...inputs, replace_pkginfo: 'True' })).toMatchObject({ code: 0, env: { munki_repo_changed: true } });
    expect((await itemsOf(server, 'testing')).map(({ location }) => location)).toEqual(['share/Demo-1.2b.pkg']);
  });

  it('says what a package does not say', async () => {
    await upload('notes.txt', Buffer.from('no package at all'));
    expect(await run({ pkg_name: 'notes.txt' })).toMatchObject({
      code: 0,
      log: expect.stringMatching(/WARNING: .*installs array[^]*WARNING: The version is not known/),
    });
  });

  it('fails with a sentence', async () => {
    expect(await run({ pkg_name: 'none.pkg' })).toMatchObject({ code: 10, log: expect.stringContaining('There is no package') });
    expect(await run({ pkg_name: 'Demo-1.2.pkg', munki_repo_subdirectory: '../x' })).toMatchObject({
      code: 10,
      log: expect.stringContaining('must not begin with a dot'),
    });
  });
});
