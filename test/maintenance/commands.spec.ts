import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { someBytes } from '../mesh/packages.js';
import { TestServer } from '../support/test-server.js';
import { Child } from '../support/child.mjs';
import { scratchDir } from '../support/services.js';
import { adminOf, odsAdmin } from './ods-admin.js';

/** Many processes start here, on machines that have other work. */
const keyId = (key: string): string => createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 8);

interface Package {
  readonly uuid: string;
}

describe('ods-admin', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start('looked-after');
  });
  afterAll(() => server.dispose());

  it('says what there is, and that another word is none', async () => {
    expect(await odsAdmin(['--help'], {})).toEqual({ code: 0, output: expect.stringContaining('ods-admin backup DIRECTORY') });
    expect(await odsAdmin(['backpu'], {})).toEqual({ code: 2, output: expect.stringContaining('ods-admin backup DIRECTORY') });
    const wrong = await odsAdmin(['verify', '--fast'], { DATA_DIR: server.dataDir });
    expect(wrong).toEqual({ code: 1, output: expect.stringContaining("Unknown option '--fast'") });
    expect(wrong.output).not.toContain('    at ');
  });

  it.each(['doctor', 'verify', 'reset-password', 'reset-clock', 'rotate-database-key', 'backup /tmp/x', 'migrate-database --to sqlite:/x'])(
    '%s begins no server in a directory that was mistyped',
    async (command) => {
      const place = scratchDir('mistyped');
      for (const dataDir of [path.join(place, 'ods'), place]) {
        const { code, output } = await odsAdmin(command.split(' '), { DATA_DIR: dataDir });
        expect([code, output]).toEqual([1, expect.stringContaining(`${dataDir} is not the directory of a server.`)]);
      }
      expect(readdirSync(place)).toEqual([]);
    },
  );

  it.each(['doctor', 'verify', 'reset-password', 'reset-clock', 'rotate-database-key', 'backup /tmp/x', 'migrate-database --to sqlite:/x'])(
    '%s makes no empty database where the one of the server was lost',
    async (command) => {
      const place = scratchDir('lost');
      cpSync(path.join(server.dataDir, 'keys'), path.join(place, 'keys'), { recursive: true });
      mkdirSync(path.join(place, 'content'));
      const { code, output } = await odsAdmin(command.split(' '), { DATA_DIR: place });
      expect([code, output]).toEqual([1, expect.stringContaining(`There is no database ${path.join(place, 'ods.sqlite')}.`)]);
      expect(readdirSync(place).filter((name) => name.startsWith('ods.sqlite'))).toEqual([]);
    },
  );

  it('backup refuses places where none can be, and leaves nothing there', async () => {
    const inside = path.join(server.dataDir, 'a', 'backup');
    const link = path.join(scratchDir('link'), 'to-server');
    symlinkSync(server.dataDir, link);
    for (const place of [inside, server.dataDir, path.join(link, 'b')])
      expect(await adminOf(server, 'backup', place)).toEqual({
        code: 1,
        output: expect.stringContaining("is in the server's own directory"),
      });
    const file = path.join(scratchDir('file'), 'a-file');
    writeFileSync(file, '');
    for (const place of ['/proc/x', '/dev/null/x', path.join(file, 'x'), file])
      expect(await adminOf(server, 'backup', place)).toEqual({ code: 1, output: expect.stringMatching(/cannot be written \(E[A-Z]+\)\./) });
    expect(readdirSync(server.dataDir)).not.toContain('a');
  });

  it('verify finds what is missing, cut and changed', async () => {
    const uuids: string[] = [];
    for (const name of ['whole', 'missing', 'cut', 'changed']) {
      uuids.push((await server.upload<Package>(`${name}.pkg`, someBytes(100_000))).body.uuid);
    }
    expect(await adminOf(server, 'verify')).toEqual({ code: 0, output: expect.stringContaining('4 contents checked, 0 faults.') });
    const [, missing, cut, changed] = uuids.map((uuid) => path.join(server.dataDir, 'content', uuid));
    rmSync(missing!);
    truncateSync(cut!, 99_999);
    const bytes = readFileSync(changed!);
    bytes[50_000]! ^= 1;
    writeFileSync(changed!, bytes);
    const { code, output } = await adminOf(server, 'verify', '--json');
    const { checked, faults } = JSON.parse(output) as { checked: number; faults: { filename: string; fault: string }[] };
    expect([code, checked]).toEqual([1, 4]);
    expect(Object.fromEntries(faults.map(({ filename, fault }) => [filename, fault]))).toEqual({
      'missing.pkg': 'missing',
      'cut.pkg': 'another size',
      'changed.pkg': 'damaged',
    });
    expect(await adminOf(server, 'doctor')).toEqual({
      code: 1,
      output: expect.stringMatching(/FAULT {3}The content of missing\.pkg is missing on disk/),
    });
    const orphan = path.join(server.dataDir, 'content', 'f'.repeat(32));
    writeFileSync(orphan, 'left');
    expect((await adminOf(server, 'verify', '--sizes-only')).output).not.toContain('belongs to no package'); // it may be on its way
    for (const name of ['missing', 'cut', 'changed']) await server.ok('DELETE', `/api/admin/packages/${name}.pkg`);
  });

  it('says which version it is, as the servers do', async () => {
    const { version } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };
    expect(await odsAdmin(['--version'], {})).toEqual({ code: 0, output: `${version}\n` });
    for (const app of ['api', 'worker']) {
      const child = new Child(process.execPath, [path.resolve(import.meta.dirname, `../../dist/bundle/${app}.js`), '--version']);
      expect([(await child.exited).code, child.output]).toEqual([0, `${version}\n`]);
    }
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain(
      `ods_build_info{version="${version}",node="${process.versions.node}"} 1`,
    );
  });

  it('migrate-database refuses while the server runs', async () => {
    const to = `sqlite:${path.join(scratchDir('moved'), 'moved.sqlite')}`;
    expect(await adminOf(server, 'migrate-database', '--to', to)).toEqual({
      code: 1,
      output: expect.stringMatching(/^The server of .* is running: stop it and its workers first\.$/m),
    });
  });

  it('doctor says what is well and what is not', async () => {
    const well = await adminOf(server, 'doctor');
    expect(well.output).toMatch(/^ok {6}The database \(sqlite\) answers and is of this version\.$/m);
    expect(well.output).toMatch(/^ok {6}DATABASE_KEY opens what is encrypted/m);
    expect(well.output).toMatch(/^warning No URL is set/m);
    expect(well.output).not.toContain('7-Zip');
    await server.upload('Image.DMG', Buffer.from('no image'));
    const [sevenZip] = ['/usr/bin/7zz', '/usr/local/bin/7zz'].filter((file) => existsSync(file));
    expect((await adminOf(server, 'doctor')).output).toContain(
      sevenZip ? `ok      7-Zip (${sevenZip}) reads what is inside disk images.` : 'warning 7-Zip (7zz) is not installed',
    );
    await server.ok('DELETE', '/api/admin/packages/Image.DMG');
    const ill = await odsAdmin(['doctor'], {
      DATA_DIR: server.dataDir,
      DATABASE_KEY: Buffer.alloc(32, 1).toString('base64'),
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    expect(ill.code).toBe(1);
    expect(ill.output).toMatch(/^FAULT {3}The server registration key was encrypted under another DATABASE_KEY/m);
    expect(ill.output).toMatch(/^FAULT {3}Redis at 127\.0\.0\.1:1 cannot be reached/m);
  });

  it('reset-password lets in who had lost the password, and ends sign-ins', async () => {
    const before = await server.login();
    const { code, output } = await adminOf(server, 'reset-password', '--user', 'Admin');
    const password = /New password of Admin: (\S{20})/.exec(output)?.[1];
    expect([code, password]).toEqual([0, expect.anything()]);
    const stale = await fetch(`${server.url}/api/admin/about`, { headers: { authorization: `Bearer ${before}` } });
    expect(stale.status).toBe(401);
    await server.login({ username: 'admin', password: password! });
    expect(await adminOf(server, 'reset-password', '--user', 'ghost')).toEqual({
      code: 1,
      output: 'There is no user "ghost". There is: admin.\n',
    });
  });

  it('rotate-database-key changes the key in three steps, each of which leaves a server that starts', async () => {
    const own = await TestServer.start('rotating');
    const keyFile = path.join(own.dataDir, 'keys/database.key');
    const old = readFileSync(keyFile, 'utf8').trim();
    const { key } = await own.ok<{ key: string }>('GET', '/api/admin/about');
    const repeatable = async (): Promise<unknown> => {
      const headers = { authorization: `Bearer ${await own.login()}`, 'content-type': 'application/json', 'idempotency-key': '"once"' };
      const body = JSON.stringify({ name: 'made once', role: 'viewer' });
      return (await fetch(`${own.url}/api/admin/tokens`, { method: 'POST', headers, body })).json();
    };
    const answer = await repeatable(); // with a secret in it, kept encrypted
    expect((await adminOf(own, 'rotate-database-key', '--generate')).code).toBe(0);
    await own.restart();
    expect(await adminOf(own, 'rotate-database-key')).toEqual({
      code: 0,
      output: expect.stringContaining('Everything is encrypted under the first key'),
    });
    expect((await own.ok<{ key: string }>('GET', '/api/admin/about')).key).toBe(key); // while it runs
    await own.upload('unknown.pkg', someBytes(10), { notes: `v1.${keyId(old)}.sealed by a newer version` });
    expect(await adminOf(own, 'rotate-database-key', '--forget')).toEqual({
      code: 1,
      output: expect.stringContaining('package.notes cannot be encrypted again by this version. Keep the old key.'),
    });
    await own.ok('PATCH', '/api/admin/packages/unknown.pkg', { notes: 'nothing' });
    expect((await adminOf(own, 'rotate-database-key', '--forget')).code).toBe(0);
    await own.restart();
    expect((await own.ok<{ key: string }>('GET', '/api/admin/about')).key).toBe(key);
    expect(await repeatable()).toEqual(answer);
    expect(readFileSync(keyFile, 'utf8')).not.toContain(old);
    expect(await odsAdmin(['doctor'], { DATA_DIR: own.dataDir, DATABASE_KEY: old })).toEqual({
      code: 1,
      output: expect.stringContaining('another DATABASE_KEY'),
    });
    await own.dispose();
  });
});
