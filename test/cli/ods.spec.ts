import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makePkg, makeSigner } from '#libs/inspection/formats/package-makers.testing.js';
import { catalogOf, sha256, someBytes } from '../mesh/packages.js';
import { eventually } from '../support/eventually.js';
import { findCommand } from '../support/programs.mjs';
import { freePort, scratchDir } from '../support/services.js';
import { ods, program } from '../support/ods-command.js';
import { TestCluster } from '../support/test-cluster.js';
import { ADMIN, type TestServer } from '../support/test-server.js';

/** Many processes start here, on machines that have other work. */
describe('ods', () => {
  let cluster: TestCluster;
  let near: TestServer;
  let far: TestServer;
  let account: Record<string, string>;
  const files = scratchDir('cli-files');
  const fileOf = (name: string, content: Uint8Array): string => {
    const file = path.join(files, name);
    writeFileSync(file, content);
    return file;
  };

  beforeAll(async () => {
    cluster = await TestCluster.start(['near', 'far', 'beyond']);
    [near, far] = [cluster.at(0), cluster.at(1)];
    await cluster.register(far, cluster.at(2)); // near knows of it by far alone
    const { token } = await near.ok<{ token: string }>('POST', '/api/admin/tokens', { name: 'script', role: 'admin' });
    account = { ODS_URL: near.url, ODS_TOKEN: token };
  });
  afterAll(() => cluster?.dispose());

  it('says what there is; other words are status 2', async () => {
    expect(await ods(['help'])).toMatchObject({ code: 0, out: expect.stringContaining('ods upload FILE...') });
    expect((await ods(['uplaod'])).code).toBe(2);
    expect(await ods(['list', '--colour'])).toMatchObject({ code: 2, error: expect.stringContaining('--colour') });
    expect(await ods(['list'])).toMatchObject({ code: 2, error: 'Not signed in. Run "ods login URL", or set ODS_URL and ODS_TOKEN.\n' });
  });

  it('signs in with a password from standard input, and keeps a token for its user alone', async () => {
    const home = scratchDir('cli-home');
    expect(await ods(['login', near.url], { XDG_CONFIG_HOME: home }, `${ADMIN.password}\n`)).toMatchObject({ code: 0, error: '' });
    const file = path.join(home, 'ods/account.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(ADMIN.password);
    expect((await ods(['list'], { XDG_CONFIG_HOME: home })).code).toBe(0);
    expect((await ods(['logout'], { XDG_CONFIG_HOME: home })).code).toBe(0);
    expect((await ods(['list'], { XDG_CONFIG_HOME: home })).code).toBe(2);
    expect(await ods(['login', near.url], { XDG_CONFIG_HOME: home }, 'wrong')).toMatchObject({
      code: 1,
      error: expect.not.stringContaining('wrong password: wrong'),
    });
  });

  it('registers with an invitation', async () => {
    const { url, iss, key } = await cluster.about(far);
    const invitation = `ods-invite:${Buffer.from(JSON.stringify({ url, iss_id: iss, key })).toString('base64url')}`;
    expect((await ods(['register', 'ods-invite:garbage'], account)).code).toBe(2);
    expect(await ods(['register', invitation], account)).toEqual({ code: 0, out: 'Registered with far.\n', error: '' });
    expect((await ods(['peers'], account)).out).toMatch(new RegExp(`^NAME  URL.*\\nfar   ${far.url}  Prod`));
  });

  it('uploads, waits until the package is everywhere, lists and shows it', async () => {
    const content = someBytes(5_000_000);
    const file = fileOf('über "so".pkg', content);
    const { code, out, error } = await ods(
      ['upload', file, '--stage', 'prod', '--notes', 'from a script', '--wait', '--timeout', '60', '--json'],
      account,
    );
    expect([code, error]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({ stage: 'Prod', notes: 'from a script', sha256: sha256(content) });
    expect(await catalogOf(far)).toHaveLength(1); // it waited indeed
    const { filename } = JSON.parse(out) as { filename: string };
    expect(sha256(await far.downloaded(filename, 1_000))).toBe(sha256(content));
    expect((await ods(['list', '--stage', 'Prod'], account)).out).toMatch(
      /^FILENAME +STAGE  STATUS  BYTES +VERSION  TITLE\n.*Prod   Public  5000000  -        (?:-|über %22so%22)\n$/,
    );
    expect((await ods(['show', filename], account)).out).toContain(`sha256: ${sha256(content)}`);
    expect(await ods(['upload', file], account)).toMatchObject({ code: 0, out: expect.stringContaining('(it was before)') });
  });

  it('says after an upload which title and version it is, which others there are, and that another signed it', async () => {
    const signed = (version: string, team: string): Buffer => makePkg({ signer: makeSigner(team), version });
    const first = await ods(['upload', fileOf('Demo-1.pkg', signed('1.2.3', 'ABCDE12345'))], account);
    expect(first).toMatchObject({ code: 0, error: '', out: expect.stringMatching(/^Demo-1\.pkg is here: .*\n {2}Demo App 1\.2\.3\n$/) });
    const { out } = await ods(['upload', fileOf('Demo-2.pkg', signed('1.3', 'ZZZZZ12345')), '--stage', 'Test'], account);
    const [, ...findings] = out.trimEnd().split('\n');
    expect(findings).toEqual([
      '  Demo App 1.3',
      '  Demo-1.pkg: older version 1.2.3, in Prod',
      expect.stringMatching(/^ {2}Check the signer: The signer changed\. Demo-1\.pkg \(in Prod\) is signed by .*ABCDE12345/),
    ]);
  });

  it('resumes a large upload after the server was restarted, and after it was itself killed', async () => {
    const content = someBytes(150 * 1_048_576);
    const file = fileOf('large.pkg', content);
    const home = { ...account, XDG_CACHE_HOME: scratchDir('cli-cache') };
    const begun = spawn(process.execPath, [program, 'upload', file], { env: { PATH: process.env['PATH'], ...home }, stdio: 'ignore' });
    const safeBytes = async (): Promise<number> => {
      const [name] = readdirSync(path.join(home.XDG_CACHE_HOME, 'ods/uploads'));
      const location = readFileSync(path.join(home.XDG_CACHE_HOME, 'ods/uploads', name!), 'utf8');
      const headers = { authorization: `Bearer ${account['ODS_TOKEN']!}`, 'tus-resumable': '1.0.0' };
      return Number((await fetch(`${near.url}${location}`, { method: 'HEAD', headers })).headers.get('upload-offset'));
    };
    await eventually(async () => expect(await safeBytes()).toBeGreaterThan(0), { timeoutMs: 60_000, everyMs: 5 });
    begun.kill('SIGKILL');
    await once(begun, 'close');
    const going = ods(['upload', file], home);
    await near.restart();
    expect(await going).toMatchObject({ code: 0, out: expect.stringContaining(`SHA-256 ${sha256(content)}`) });
    expect(readdirSync(path.join(home.XDG_CACHE_HOME, 'ods/uploads'))).toEqual([]);
    expect(await ods(['upload', file], home)).toMatchObject({ code: 0, out: expect.stringContaining('(it was before)') });
    writeFileSync(file, someBytes(20 * 1_048_576));
    expect(await ods(['upload', file], home)).toMatchObject({ code: 1, error: expect.stringContaining('large.pkg') });
    await ods(['delete', 'large.pkg'], account);
  });

  it('reports what the server refuses, before all is sent', async () => {
    const name = 'taken.pkg';
    expect((await ods(['upload', fileOf(name, someBytes(1_000))], account)).code).toBe(0);
    const other = fileOf(name, someBytes(2_000_000));
    expect(await ods(['upload', other], account)).toMatchObject({ code: 1, out: '', error: expect.stringContaining(name) });
    expect((await ods(['upload', other, '--replace'], account)).code).toBe(0);
    expect(await ods(['upload', path.join(files, 'none.pkg')], account)).toMatchObject({
      code: 1,
      error: expect.stringContaining('cannot be read (ENOENT)'),
    });
    expect(await ods(['upload', other, '--stage', 'Beta'], account)).toMatchObject({
      code: 1,
      error: 'A stage is one of Dev, Test, Prod, not "Beta".\n',
    });
    const stranger = { ...account, ODS_TOKEN: 'ods_wrong' };
    expect(await ods(['upload', other], stranger)).toMatchObject({ code: 1, error: expect.stringContaining('renew ODS_TOKEN') });
  });

  it('promotes and deletes', async () => {
    await ods(['upload', fileOf('young.pkg', someBytes(1_000)), '--stage', 'Dev'], account);
    expect(await ods(['promote', 'young.pkg'], account)).toMatchObject({ code: 0, out: 'young.pkg is in Test now; it was in Dev.\n' });
    expect((await ods(['promote', 'young.pkg', 'prod'], account)).code).toBe(0);
    expect(await ods(['promote', 'young.pkg'], account)).toMatchObject({ code: 1, error: 'It is in Prod already, the last stage.\n' });
    expect((await ods(['wait', 'young.pkg', '--timeout', '60'], account)).code).toBe(0);
    expect((await ods(['delete', 'young.pkg'], account)).code).toBe(0);
    expect((await ods(['show', 'young.pkg'], account)).code).toBe(1);
  });

  it('makes a link that downloads a package until it expires', async () => {
    const [content, file] = [someBytes(1_000), 'link me.pkg'];
    await ods(['upload', fileOf(file, content)], account);
    const open = await ods(['link', file, '--expires', '2h'], account);
    expect(open).toMatchObject({ code: 0, error: expect.stringContaining('need no link') });
    expect(open.out).toMatch(new RegExp(`^${near.url}/share/link%20me\\.pkg\\?expires=\\d+&signature=[\\w-]+\\n$`));
    await near.ok('PATCH', '/api/admin/downloads', { link_required: true });
    expect(await ods(['link', file, '--expires', '2h', '--json'], account)).toMatchObject({ code: 0, error: '' });
    expect(Buffer.from(await (await fetch(open.out.trim())).arrayBuffer()).equals(content)).toBe(true);
    await near.ok('PATCH', '/api/admin/downloads', { link_required: false });
    for (const time of ['7', '0d', 'week', '-1d']) expect((await ods(['link', file, `--expires=${time}`], account)).code).toBe(2);
    expect(await ods(['link', 'none.pkg'], account)).toMatchObject({ code: 1, error: 'There is no package "none.pkg".\n' });
  });

  it('has a status for scripts: well, in need of a look, no answer, too late', async () => {
    expect(await ods(['status'], account)).toEqual({ code: 0, out: `${near.url} is ready.\n`, error: '' });
    await far.stop();
    await ods(['upload', fileOf('late.pkg', someBytes(1_000))], account);
    expect(await ods(['wait', 'late.pkg', '--timeout', '1'], account)).toMatchObject({
      code: 4,
      error: expect.stringMatching(/^late\.pkg is not everywhere after 1 s\. .*far has not/),
    });
    const unreachable = { ...account, ODS_URL: `http://127.0.0.1:${await freePort()}` };
    expect(await ods(['status'], unreachable)).toMatchObject({ code: 3, error: expect.stringContaining('does not answer: ECONNREFUSED') });
    await far.start();
    const waited = await ods(['wait', 'late.pkg', '--timeout', '60', '--json'], account);
    expect([waited.code, waited.error]).toEqual([0, '']);
    expect(JSON.parse(waited.out)).toMatchObject({ filename: 'late.pkg', everywhere: true, servers: { length: 3 } });
  });

  it('never calls a package everywhere that no server of the mesh admits', async () => {
    await ods(['upload', fileOf('nowhere.pkg', someBytes(1_000)), '--stage', 'Dev'], account);
    expect(await ods(['wait', 'nowhere.pkg', '--timeout', '1'], account)).toMatchObject({
      code: 4,
      error: expect.stringContaining('No server of the mesh admits it at its stage.'),
    });
    expect((await ods(['delete', 'nowhere.pkg'], account)).code).toBe(0);
  });

  it('waits for servers that only others are registered with', async () => {
    await cluster.at(2).stop();
    await ods(['upload', fileOf('distant.pkg', someBytes(1_000))], account);
    expect(await ods(['wait', 'distant.pkg', '--timeout', '1'], account)).toMatchObject({
      code: 4,
      error: expect.stringContaining('beyond has not'),
    });
    await cluster.at(2).start();
    expect(await ods(['wait', 'distant.pkg', '--timeout', '60'], account)).toEqual({
      code: 0,
      out: 'distant.pkg: It is everywhere it belongs: on 3 servers.\n',
      error: '',
    });
    expect(await catalogOf(cluster.at(2))).toEqual(expect.arrayContaining([expect.stringContaining('distant.pkg')]));
  });

  it('completes its words in bash', async () => {
    const { out } = await ods(['completion', 'bash']);
    const script = path.join(files, 'completion.bash');
    writeFileSync(script, out);
    if (findCommand('bash') === null) return expect(out).toContain('complete -o filenames -F _ods ods');
    const asked =
      'COMP_WORDS=(ods up); COMP_CWORD=1; _ods; echo "${COMPREPLY[*]}"; COMP_WORDS=(ods list --stage T); COMP_CWORD=3; _ods; echo "${COMPREPLY[*]}"';
    expect(execFileSync('bash', ['-c', `source ${script}; ${asked}`], { encoding: 'utf8' })).toBe('upload\nTest\n');
    for (const shell of ['zsh', 'fish']) expect((await ods(['completion', shell])).out).toContain('promote');
  });
});
