import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { someBytes } from '../mesh/packages.js';
import { eventually } from '../support/eventually.js';
import { SystemdMachine } from './systemd-machine.js';

const NAME = 'open-distribution-server';
const SERVER = 'http://127.0.0.1:8080';

const machine = await SystemdMachine.make();

(machine === null ? describe.skip : describe)('the Debian package on a machine with systemd', () => {
  const run = (...args: [string, ...string[]]): Promise<string> => machine!.run(...args);
  const systemctl = (...args: string[]): Promise<string> => run('systemctl', '--no-pager', ...args);
  let first: string;
  let second: string;

  /** The settings were changed, and stay. */
  const install = (file: string): Promise<string> => run('dpkg', '--force-unsafe-io', '--force-confold', '--install', file);

  /** Evaluates an expression in the package's own Node: a small Debian has no other client. */
  const evaluate = (expression: string): Promise<string> =>
    run('/usr/lib/ods/bin/node', '--input-type=module', '--eval', `process.stdout.write(String(await ${expression}))`);
  const status = (address: string): Promise<string> => evaluate(`fetch('${SERVER}${address}').then((response) => response.status)`);
  const whenReady = (): Promise<void> => eventually(async () => expect(await status('/readyz')).toBe('200'), { timeoutMs: 60_000 });
  const sizeOfSome = (): Promise<string> =>
    evaluate(`fetch('${SERVER}/share/some.pkg').then(async (response) => (await response.arrayBuffer()).byteLength)`);

  /** A token for the password that the installation made. */
  const signIn = (): Promise<string> => {
    const body = JSON.stringify({ username: 'admin', password: machine!.read('etc/ods/admin-password') });
    const request = JSON.stringify({ method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return evaluate(`fetch('${SERVER}/api/admin/auth/login', ${request}).then(async (response) => (await response.json()).access_token)`);
  };

  /** All units of ODS that systemd knows, with those that failed or lost their file. */
  const states = async (): Promise<string[]> =>
    (await systemctl('list-units', '--all', '--plain', '--no-legend', 'ods*'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(/\s+/))
      .map(([unit, , active]) => `${unit} ${active}`);
  const pids = async (): Promise<string[]> =>
    (await systemctl('show', '--property=MainPID', '--value', 'ods.service', 'ods-worker@1.service', 'ods-worker@2.service')).match(
      /\d+/g,
    )!;

  beforeAll(async () => {
    first = await machine!.receivePackage('0.1.0');
    second = await machine!.receivePackage('0.2.0');
    writeFileSync(path.join(machine!.root, 'root/some.pkg'), someBytes(300_000));
  });

  afterAll(() => machine!.halt());

  it('is installed into an image, and serves from the first start of the machine', async () => {
    await install(first);
    await machine!.boot();
    await whenReady();
    expect(await systemctl('show', '--property=NRestarts', '--property=ActiveState', 'ods.service')).toBe(
      'NRestarts=0\nActiveState=active\n',
    );
    const uploaded = await run('env', `ODS_TOKEN=${await signIn()}`, `ODS_URL=${SERVER}`, 'ods', 'upload', '/root/some.pkg');
    expect(uploaded).toContain('some.pkg is here');
    await run('install', '--directory', '--owner=ods', '/srv/ods-backup');
    expect(await run('ods-admin', 'backup', '/srv/ods-backup')).toContain('1 contents');
  });

  it('is upgraded with data and settings kept, and what runs goes on with the new version', async () => {
    machine!.append('etc/ods/ods.conf', 'REDIS_URL=redis://127.0.0.1:6379\n'); // none is there: the workers wait for it
    await systemctl('restart', 'ods.service');
    await systemctl('enable', '--quiet', '--now', 'ods-worker@1.service');
    await systemctl('start', 'ods-worker@2.service');
    await whenReady();
    const before = await pids();

    await install(second);
    await whenReady();
    expect((await pids()).filter((pid) => before.includes(pid))).toEqual([]);
    expect(await states()).toEqual(['ods-worker@1.service active', 'ods-worker@2.service active', 'ods.service active']);
    expect(await run('dpkg-query', '--show', '--showformat=${Version} ${Status}', NAME)).toBe('0.2.0 install ok installed');
    expect(await sizeOfSome()).toBe('300000');
    expect(machine!.read('etc/ods/ods.conf')).toContain('REDIS_URL=redis://127.0.0.1:6379\n');
  });

  it('is removed with all its services, and brings back those that were enabled when it is installed again', async () => {
    await run('dpkg', '--remove', NAME);
    expect(await states()).toEqual([]);
    expect(await run('find', '/etc/systemd/system', '-name', 'ods*')).toBe('');
    expect(await run('find', '/proc', '-maxdepth', '1', '-user', 'ods')).toBe('');

    await install(second);
    await whenReady();
    expect(await states()).toEqual(['ods-worker@1.service active', 'ods.service active']);
    expect(await sizeOfSome()).toBe('300000');
  });

  it('takes a failed service along, and is installed where the administrator masked one', async () => {
    const dropIn = '/run/systemd/system/ods.service.d';
    await run('sh', '-c', `mkdir -p ${dropIn} && printf '[Service]\\nRestart=no\\n' > ${dropIn}/stays-failed.conf`);
    await systemctl('daemon-reload');
    await systemctl('kill', '--signal=KILL', 'ods.service');
    await eventually(async () => expect(await states()).toContain('ods.service failed'));
    await run('dpkg', '--remove', NAME);
    expect(await states()).toEqual([]);

    await run('rm', '-r', dropIn);
    await systemctl('mask', '--quiet', 'ods.service');
    expect(await install(second)).toContain('ods.service is masked and was not started');
    expect(await states()).toContain('ods-worker@1.service active');
    await systemctl('unmask', '--quiet', 'ods.service');
  });

  it('is purged with its settings and without the data, which a new installation serves', async () => {
    await run('dpkg', '--purge', NAME);
    expect([await states(), machine!.has('etc/ods'), machine!.has('var/lib/ods/ods.sqlite')]).toEqual([[], false, true]);

    expect(await install(second)).toContain('ODS was started on port 8080');
    await whenReady();
    expect(await states()).toEqual(['ods.service active']);
    expect(await sizeOfSome()).toBe('300000');
  });

  it('is never stopped by the confinement of its units', async () => {
    const journal = await run('journalctl', '--no-pager', '--quiet', '--unit=ods*');
    expect(journal.split('\n').filter((line) => /status=31\/SYS|EROFS|EACCES|EPERM/.test(line))).toEqual([]);
  });
});
