import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Child, run } from '../support/child.mjs';
import { sha256, someBytes } from '../mesh/packages.js';
import { eventually } from '../support/eventually.js';
import { findCommand } from '../support/programs.mjs';
import { freePort, scratchDir } from '../support/services.js';
import { ADMIN } from '../support/test-server.js';

const root = path.resolve(import.meta.dirname, '../..');
const NAME = 'open-distribution-server';

/** It is installed for real: only where root may, and where there is nothing that it could harm. */
const mayInstall =
  process.getuid?.() === 0 &&
  ['dpkg-deb', 'dpkg', 'ar', 'tar', 'runuser'].every((each) => findCommand(each) !== null) &&
  !['/run/systemd/system', '/usr/lib/ods', '/etc/ods', '/var/lib/ods'].some((each) => existsSync(each));

const quietly = { env: { PATH: process.env['PATH'], DEBIAN_FRONTEND: 'noninteractive' } };
const dpkg = (...args: string[]): Promise<string> => run('dpkg', ['--force-unsafe-io', ...args], quietly);

/** Starts the server as its unit says; no systemd runs here. */
async function startUnit(port: number): Promise<Child> {
  const unit = readFileSync('/lib/systemd/system/ods.service', 'utf8');
  const [program, ...args] = /^ExecStart=(.*)$/m.exec(unit)![1]!.split(' ');
  const given = Object.fromEntries(
    /^Environment=(.*)$/m
      .exec(unit)![1]!
      .split(' ')
      .map((each) => each.split('=') as [string, string]),
  );
  const env = {
    PATH: process.env['PATH'],
    ...given,
    PORT: String(port),
    HOST: '127.0.0.1',
    ADMIN_PASSWORD: ADMIN.password,
    DISK_RESERVE_BYTES: '1M',
  };
  const child = new Child(program!, args, { env, user: /^User=(.*)$/m.exec(unit)![1]!, cwd: /^WorkingDirectory=(.*)$/m.exec(unit)![1]! });
  await child.waitUntil(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    if (!response.ok) throw new Error(await response.text());
  }, 60_000);
  return child;
}

/** The same package with another version: what an upgrade is to dpkg. */
async function withVersion(file: string, version: string): Promise<string> {
  const directory = scratchDir('deb-upgrade');
  const upgrade = path.join(directory, `${NAME}_${version}.deb`);
  await run('dpkg-deb', ['-e', file, path.join(directory, 'control')]);
  const control = path.join(directory, 'control/control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${version}`));
  await run('tar', ['-C', path.join(directory, 'control'), '-cf', path.join(directory, 'control.tar'), '.']);
  await run('cp', [file, upgrade]);
  await run('ar', ['r', upgrade, path.join(directory, 'control.tar')]);
  return upgrade;
}

(mayInstall ? describe : describe.skip)('the Debian package', () => {
  const out = scratchDir('deb');
  let file: string;
  let child: Child | undefined;

  beforeAll(async () => {
    const args = ['tools/run.mjs', 'package:deb', '--out', out, '--version', '0.1.0', '--compression', 'none'];
    file = (await run(process.execPath, args, { cwd: root })).trim().split('\n').at(-1)!;
  });

  afterAll(async () => {
    await child?.stop('SIGKILL');
    await dpkg('--purge', NAME);
    for (const left of ['/var/lib/ods', '/srv/ods-backup']) rmSync(left, { recursive: true, force: true });
    if (findCommand('userdel') !== null) await run('userdel', ['ods']);
  });

  it('installs, serves, is upgraded with data and settings kept, and is removed without the data', async () => {
    await dpkg('--install', file);
    expect(statSync('/etc/ods/ods.conf').mode & 0o777).toBe(0o640);
    expect((await run('/usr/bin/ods', ['help'])).split('\n')[0]).toMatch(/^Usage: ods /);
    const port = await freePort();
    child = await startUnit(port);
    const content = someBytes(700_000);
    const signIn = await fetch(`http://127.0.0.1:${port}/api/admin/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ADMIN),
    });
    const { access_token: token } = (await signIn.json()) as { access_token: string };
    writeFileSync(path.join(out, 'installed.pkg'), content);
    const env = { PATH: process.env['PATH'], ODS_URL: `http://127.0.0.1:${port}`, ODS_TOKEN: token };
    expect(await run('/usr/bin/ods', ['upload', path.join(out, 'installed.pkg')], { env })).toContain('installed.pkg is here');
    expect((await fetch(`http://127.0.0.1:${port}/`)).headers.get('content-type')).toContain('text/html');
    const backup = '/srv/ods-backup'; // writable for the user ods
    mkdirSync(backup);
    await run('chown', ['ods:ods', backup]);
    expect(await run('/usr/bin/ods-admin', ['backup', backup])).toContain('1 contents');
    expect((await child.stop()).code).toBe(0);

    appendFileSync('/etc/ods/ods.conf', 'RETENTION_DAYS=77\n');
    await dpkg('--install', '--force-confold', await withVersion(file, '0.2.0'));
    expect(await run('dpkg-query', ['-W', '-f', '${Version} ${Status}', NAME])).toBe('0.2.0 install ok installed');
    expect(readFileSync('/etc/ods/ods.conf', 'utf8')).toContain('RETENTION_DAYS=77');
    child = await startUnit(port);
    const kept = await eventually(() => fetch(`http://127.0.0.1:${port}/share/installed.pkg`), { timeoutMs: 10_000 });
    expect(sha256(Buffer.from(await kept.arrayBuffer()))).toBe(sha256(content));
    expect((await child.stop()).code).toBe(0);

    await dpkg('--remove', NAME);
    expect(['/usr/lib/ods', '/usr/bin/ods', '/etc/ods/ods.conf', '/var/lib/ods/ods.sqlite'].map((each) => existsSync(each))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    await dpkg('--purge', NAME);
    expect(['/etc/ods', '/var/lib/ods/ods.sqlite'].map((each) => existsSync(each))).toEqual([false, true]);
  });
});
