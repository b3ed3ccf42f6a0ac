import { appendFileSync, writeFileSync } from 'node:fs';
import type { Child } from '../support/child.mjs';
import { run } from '../support/child.mjs';
import { sha256, someBytes } from '../mesh/packages.js';
import { findCommand, isLeftOut } from '../support/programs.mjs';
import { freePort } from '../support/services.js';
import { settingsOn, signIn, whenReady } from './installed-server.js';
import { inspect, linesOf, makePackage } from './make-package.js';
import { ScratchRoot } from './scratch-root.js';

const NAME = 'open-distribution-server';
const scripted = ['sh', 'chmod', 'chown', 'getent', 'head', 'id', 'install', 'mkdir', 'mv', 'runuser', 'tr', 'useradd'];

/** It is installed for real, below a directory: only root may change into one. */
const mayInstall = process.getuid?.() === 0 && scripted.every((each) => findCommand(each) !== null);

(isLeftOut('rpmbuild') ? describe.skip : describe)('the package for RHEL', () => {
  let first: string;
  const query = (...args: string[]): Promise<string[]> => linesOf('rpm', '--query', '--package', ...args, first);

  beforeAll(async () => {
    first = await makePackage('rpm');
  });

  it('has the server, its units and its settings, which an upgrade keeps', async () => {
    const files = await query('--list');
    expect(files).toEqual(
      expect.arrayContaining([
        '/etc/ods/ods.conf',
        '/usr/bin/ods',
        '/usr/bin/ods-admin',
        '/usr/lib/ods/bin/node',
        '/usr/lib/ods/dist/bundle/api.js',
        '/usr/lib/ods/dist/bundle/worker.js',
        '/usr/lib/ods/dist/console/browser/index.html',
        '/usr/lib/systemd/system/ods-worker@.service',
        '/usr/lib/systemd/system/ods.service',
      ]),
    );
    expect(files.filter((file) => file.endsWith('.node')).length).toBe(2); // SQLite and BLAKE3, for this system alone
    expect(await query('--configfiles')).toEqual(['/etc/ods/ods.conf']);
    expect(await query('--queryformat', '[%{FILEFLAGS:fflags} %{FILENAMES}\\n]')).toContain('cn /etc/ods/ods.conf');
    expect(await query('--requires')).toEqual(expect.arrayContaining(['glibc >= 2.34', 'systemd']));
  });

  it('is read by the inspection of packages', async () => {
    expect(await inspect(first)).toMatchObject({ kind: 'rpm', title: NAME, version: '0.1.0-1', has_scripts: true });
  });

  (mayInstall ? it : it.skip)('installs, serves, is upgraded with data and settings kept, and is removed without the data', async () => {
    const root = await ScratchRoot.make(scripted);
    const rpm = (...args: string[]): Promise<string> =>
      run('rpm', ['--root', root.directory, '--dbpath', '/var/lib/rpm', ...args], { env: { PATH: process.env['PATH'] } });
    const port = await freePort();
    const server = `http://127.0.0.1:${port}`;
    const start = (): Promise<Child> => startUnit(root, port);

    expect(await rpm('--install', '--nodeps', first)).toContain('the password is in /etc/ods/admin-password');
    expect(root.read('etc/ods/admin-password')).toMatch(/^[A-Za-z2-9]{20}$/);
    expect(root.rightsOf('etc/ods/ods.conf')).toBe('root:ods 640');
    expect(root.rightsOf('etc/ods/admin-password')).toBe('root:ods 640');
    expect(root.rightsOf('var/lib/ods')).toBe('ods:ods 755');
    expect((await rpm('--verify', '--nodeps', NAME)).trim()).toBe('');
    await root.addLibraries(root.path('usr/lib/ods/bin/node'));

    let child = await start();
    const content = someBytes(700_000);
    writeFileSync(root.path('tmp/installed.pkg'), content);
    const credentials = { ODS_URL: server, ODS_TOKEN: await signIn(server) };
    expect(await root.run('/usr/bin/ods', ['upload', '/tmp/installed.pkg'], credentials)).toContain('installed.pkg is here');
    expect((await fetch(`${server}/`)).headers.get('content-type')).toContain('text/html');
    expect((await fetch(`${server}/api/docs/swagger-ui-bundle.js`)).status).toBe(200);
    expect((await child.stop()).code).toBe(0);

    appendFileSync(root.path('etc/ods/ods.conf'), 'RETENTION_DAYS=77\n');
    await rpm('--upgrade', '--nodeps', await makePackage('rpm', '0.2.0'));
    expect((await rpm('--query', NAME)).trim()).toBe(`${NAME}-0.2.0-1.${process.arch === 'x64' ? 'x86_64' : 'aarch64'}`);
    expect(root.read('etc/ods/ods.conf')).toContain('RETENTION_DAYS=77');
    child = await start();
    const kept = await fetch(`${server}/share/installed.pkg`);
    expect(sha256(Buffer.from(await kept.arrayBuffer()))).toBe(sha256(content));
    expect((await child.stop()).code).toBe(0);

    expect(await rpm('--erase', '--nodeps', NAME)).toContain('still in /var/lib/ods');
    expect(['usr/lib/ods', 'usr/bin/ods', 'etc/ods/ods.conf', 'var/lib/ods/ods.sqlite'].map((each) => root.has(each))).toEqual([
      false,
      false,
      false,
      true,
    ]);
    await rpm('--install', '--nodeps', first);
    expect(root.read('etc/ods/ods.conf')).toContain('RETENTION_DAYS=77');
  });
});

/** Starts the server as its unit says; no systemd runs there. */
async function startUnit(root: ScratchRoot, port: number): Promise<Child> {
  const unit = root.read('usr/lib/systemd/system/ods.service');
  const valueOf = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)![1]!;
  const [program, ...args] = valueOf('ExecStart').split(' ');
  const given = Object.fromEntries(
    valueOf('Environment')
      .split(' ')
      .map((each) => each.split('=') as [string, string]),
  );
  const child = root.start(valueOf('User'), program!, args, { PATH: process.env['PATH'], ...given, ...settingsOn(port) });
  await whenReady(child, `http://127.0.0.1:${port}`);
  return child;
}
