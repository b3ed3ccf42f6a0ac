import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from '../mesh/packages.js';
import { eventually } from '../support/eventually.js';
import { ods, program } from '../support/ods-command.js';
import { scratchDir } from '../support/services.js';
import { Child } from '../support/child.mjs';
import { TestServer } from '../support/test-server.js';

const MB = 2 ** 20;

interface Report {
  readonly files: { readonly filename: string; readonly outcome: string; readonly reason: string }[];
  readonly only_on_server: string[];
}

describe('ods import folder', () => {
  let server: TestServer;
  let account: Record<string, string>;
  beforeAll(async () => {
    server = await TestServer.start('import');
    const { token } = await server.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'script', role: 'publisher' });
    account = { ODS_URL: server.url, ODS_TOKEN: token, XDG_CACHE_HOME: scratchDir('import-cache') };
  });
  afterAll(() => server?.dispose());

  /** A folder of files that were not touched for a while. */
  const folderOf = (contents: Readonly<Record<string, string | Buffer>>): string => {
    const folder = scratchDir('import');
    for (const [name, content] of Object.entries(contents)) {
      writeFileSync(path.join(folder, name), content);
      const old = Date.now() / 1_000 - 3_600;
      utimesSync(path.join(folder, name), old, old);
    }
    return folder;
  };
  const run = async (folder: string, ...words: string[]): Promise<{ code: number | null; report: Report; error: string }> => {
    const { code, out, error } = await ods(['import', 'folder', folder, '--json', ...words], account);
    return { code, error, report: (out === '' ? { files: [], only_on_server: [] } : JSON.parse(out)) as Report };
  };
  const outcomes = ({ files }: Report): Record<string, string> =>
    Object.fromEntries(files.map(({ filename, outcome }) => [filename, outcome]));

  it('compares first, then brings what is missing, and nothing twice', async () => {
    const large = randomBytes(17 * MB);
    const folder = folderOf({ 'App.pkg': 'app', 'Große App.dmg': 'umlaut', 'large.pkg': large, 'notes.txt': 'text' });
    await server.upload('App.pkg', 'app');
    await server.upload('Elsewhere.pkg', 'not in the folder');
    const wanted = { 'App.pkg': 'same', 'Große App.dmg': 'new', 'large.pkg': 'new', 'notes.txt': 'new' };
    const compared = await run(folder, '--dry-run');
    expect([compared.code, outcomes(compared.report), compared.report.only_on_server]).toEqual([1, wanted, ['Elsewhere.pkg']]);
    expect((await server.api('GET', '/api/admin/packages/large.pkg')).status).toBe(404);
    const some = await run(folder, '--match', '*.PKG', '--stage', 'prod');
    expect([some.code, outcomes(some.report)]).toEqual([0, { 'App.pkg': 'same', 'large.pkg': 'uploaded' }]);
    expect(sha256(await server.downloaded('large.pkg'))).toBe(sha256(large));
    const rest = await run(folder);
    expect([rest.code, outcomes(rest.report)['Große App.dmg'], outcomes(rest.report)['large.pkg']]).toEqual([0, 'uploaded', 'same']);
    expect(await ods(['import', 'folder', folder], account)).toMatchObject({
      code: 0,
      out: expect.stringContaining('4 same; 1 packages are only on the server.'),
    });
  });

  it('replaces only when that is said', async () => {
    await server.upload('Tool.pkg', 'ours');
    await server.upload('Longer.pkg', 'the one on the server');
    const folder = folderOf({ 'tool.pkg': 'them', 'Longer.pkg': 'short' });
    const kept = await run(folder);
    expect([kept.code, outcomes(kept.report)]).toEqual([1, { 'tool.pkg': 'differs', 'Longer.pkg': 'differs' }]);
    expect((await server.downloaded('Tool.pkg')).toString()).toBe('ours');
    expect((await run(folder, '--replace', '--dry-run')).code).toBe(1);
    expect((await run(folder, '--replace')).code).toBe(0);
    expect((await server.downloaded('Longer.pkg')).toString()).toBe('short');
    expect((await run(folder)).report.files.map(({ outcome }) => outcome)).toEqual(['same', 'same']);
  });

  it('leaves alone what is no package, and says so where it is not plain', async () => {
    const folder = folderOf({ '.DS_Store': 'x', '._App.pkg': 'x', 'Thumbs.db': 'x', 'half.pkg.crdownload': 'x', 'ready.pkg': 'ready' });
    mkdirSync(path.join(folder, 'Bundle.pkg'));
    writeFileSync(path.join(folder, 'growing.pkg'), 'half');
    const { code, report } = await run(folder);
    expect([code, outcomes(report)]).toEqual([0, { 'Bundle.pkg': 'skipped', 'growing.pkg': 'skipped', 'ready.pkg': 'uploaded' }]);
    expect(report.files.map(({ reason }) => reason)).toEqual([
      'It is a folder. Zip a bundle, or import the folder on its own.',
      'It was changed within the last minute, and may still be written.',
      '',
    ]);
    expect((await run(scratchDir('import-empty'))).code).toBe(1); // no file is no success
    expect(await ods(['import', 'folder', '/nowhere'], account)).toMatchObject({ code: 2, error: '/nowhere cannot be read (ENOENT).\n' });
    expect((await ods(['import', 'share', folder], account)).code).toBe(2);
    expect((await ods(['import', 'folder'], account)).code).toBe(2);
  });

  it('writes down the names that are refused, and takes others for them', async () => {
    const folder = folderOf({ 'what?.pkg': 'question', 'a:b.pkg': 'colon', 'CASE.pkg': 'upper', 'case.pkg': 'lower', 'fine.pkg': 'fine' });
    const map = path.join(scratchDir('import-map'), 'rename.json');
    const first = await run(folder, '--rename', map);
    const refused = { 'what?.pkg': 'refused', 'a:b.pkg': 'refused', 'case.pkg': 'refused' };
    expect([first.code, outcomes(first.report)]).toEqual([1, { ...refused, 'CASE.pkg': 'uploaded', 'fine.pkg': 'uploaded' }]);
    expect(JSON.parse(readFileSync(map, 'utf8'))).toEqual({ 'what?.pkg': '', 'a:b.pkg': '', 'case.pkg': '' });
    writeFileSync(map, JSON.stringify({ 'what?.pkg': 'what.pkg', 'a:b.pkg': '', 'case.pkg': 'other-case.pkg' }));
    const second = await run(folder, '--rename', map);
    expect([second.code, outcomes(second.report)]).toEqual([
      0,
      { 'what?.pkg': 'uploaded', 'a:b.pkg': 'skipped', 'case.pkg': 'uploaded', 'CASE.pkg': 'same', 'fine.pkg': 'same' },
    ]);
    expect((await server.downloaded('other-case.pkg')).toString()).toBe('lower');
    for (const text of ['{', '["a"]', '{"a": 1}', 'null']) {
      writeFileSync(map, text);
      expect([text, (await run(folder, '--rename', map)).code]).toEqual([text, 2]);
    }
  });

  it('goes on where it was killed', async () => {
    const contents = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`part-${index}.pkg`, randomBytes(5 * MB)]));
    const folder = folderOf(contents);
    const cut = new Child(process.execPath, [program, 'import', 'folder', folder], { env: { ...account, PATH: process.env['PATH'] } });
    const listed = async (): Promise<number> =>
      (await server.ok<{ items: { filename: string }[] }>('GET', '/api/admin/packages?q=part-&limit=200')).items.length;
    await eventually(async () => expect(await listed()).toBeGreaterThan(1), { everyMs: 5 });
    await cut.stop('SIGKILL');
    const before = await listed();
    expect(before).toBeLessThan(12);
    const { code, report } = await run(folder);
    expect(code).toBe(0);
    expect(report.files.filter(({ outcome }) => outcome === 'same').length).toBeGreaterThanOrEqual(before);
    for (const [name, content] of Object.entries(contents)) expect(sha256(await server.downloaded(name))).toBe(sha256(content));
  });

  it('ends when the server is away, and says that', async () => {
    const folder = folderOf({ 'late.pkg': 'late' });
    const away = { ...account, ODS_URL: 'http://127.0.0.1:9' };
    expect(await ods(['import', 'folder', folder], away)).toMatchObject({ code: 3, error: expect.stringContaining('does not answer') });
    rmSync(folder, { recursive: true });
  });
});
