import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Child, run } from '../support/child.mjs';
import { findCommand, isLeftOut } from '../support/programs.mjs';
import { scratchDir } from '../support/services.js';

const SOURCE = path.resolve(import.meta.dirname, '../..');
const BOOT_TIMEOUT_MS = 60_000;
const DEBOOTSTRAP_TIMEOUT_S = 180;
/** Nothing of the host is seen in it, and it leaves nothing there. */
const CONFINED = [
  '--quiet',
  '--register=no',
  '--private-network',
  '--link-journal=no',
  '--resolv-conf=off',
  `--machine=ods-${process.pid}`,
];
/** Where systemd runs, it makes a scope for the machine; elsewhere the machine stays where its parent is. */
const nspawn = [...CONFINED, ...(existsSync('/run/systemd/system') ? [] : ['--keep-unit'])];

/** A small Debian in the scratch directory with a systemd of its own, which can be booted. */
export class SystemdMachine {
  private child: Child | null = null;

  private constructor(readonly root: string) {}

  /** Null where none can be made, with the reason printed: that depends on what runs the tests, not on ODS. */
  static async make(): Promise<SystemdMachine | null> {
    try {
      return await SystemdMachine.debootstrapped();
    } catch (error) {
      const reason = (error as Error).message.trim().split('\n');
      console.error(`LEFT OUT: the Debian package under systemd. ${[...new Set([reason[0], reason.at(-1)])].join(' ')}`);
      return null;
    }
  }

  private static async debootstrapped(): Promise<SystemdMachine> {
    if (process.getuid?.() !== 0) throw new Error('It needs root.');
    for (const command of ['debootstrap', 'systemd-nspawn']) {
      if (isLeftOut(command) || findCommand(command) === null) throw new Error(`It needs ${command}.`);
    }
    const root = path.join(scratchDir('machine'), 'root');
    const [suite, ...mirror] = await release();
    const args = ['--variant=minbase', '--include=systemd,systemd-sysv,dbus', suite, root, ...mirror];
    await run('timeout', [String(DEBOOTSTRAP_TIMEOUT_S), 'debootstrap', ...args]);
    const machine = new SystemdMachine(root);
    await machine.boot(); // the proof that it may
    await machine.halt();
    return machine;
  }

  async boot(): Promise<void> {
    // On TERM it shuts the machine down; killed, it would leave the machine's processes.
    this.child = new Child('systemd-nspawn', [...nspawn, '--boot', `--directory=${this.root}`], { deathSignal: 'TERM' });
    try {
      await this.child.waitUntil(() => this.hasBooted(), BOOT_TIMEOUT_MS);
    } catch (error) {
      await this.halt();
      throw error;
    }
  }

  async halt(): Promise<void> {
    await this.child?.stop();
    this.child = null;
  }

  /** Runs a program in it, and answers what it wrote. Before it is booted: in its files, as where an image is built. */
  async run(command: string, ...args: string[]): Promise<string> {
    const env = ['env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL=C.UTF-8', 'DEBIAN_FRONTEND=noninteractive'];
    if (this.child === null) return run('chroot', [this.root, ...env, command, ...args]);
    const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd'];
    return run('nsenter', [`--target=${this.leader()}`, ...namespaces, '--', ...env, command, ...args]);
  }

  /** `npm run package:deb` into it. @returns the path of the package inside */
  async receivePackage(version: string): Promise<string> {
    const args = ['tools/run.mjs', 'package:deb', '--out', path.join(this.root, 'root'), '--version', version, '--compression', 'none'];
    const file = (await run(process.execPath, args, { cwd: SOURCE })).trim().split('\n').at(-1)!;
    return path.join('/root', path.basename(file));
  }

  has(file: string): boolean {
    return existsSync(path.join(this.root, file));
  }

  read(file: string): string {
    return readFileSync(path.join(this.root, file), 'utf8');
  }

  append(file: string, text: string): void {
    appendFileSync(path.join(this.root, file), text);
  }

  /** Its process 1, by the number that the host gives it. */
  private leader(): string {
    const pid = this.child!.process.pid;
    const [leader] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
    if (!leader) throw new Error('The machine has no process yet.');
    return leader;
  }

  /** "degraded" is as good: a unit of Debian need not work in a container. */
  private async hasBooted(): Promise<void> {
    const state = (await this.run('sh', '-c', 'systemctl is-system-running || true')).trim();
    if (!['running', 'degraded'].includes(state)) throw new Error(`systemd says ${state}`);
  }
}

/** The release of this machine from its own mirror, where it is Debian: what the package was built for. */
async function release(): Promise<[suite: string, ...mirror: string[]]> {
  const fallback: [string] = ['bookworm'];
  if (findCommand('apt-get') === null) return fallback;
  const filter = ['Created-By: Packages', 'Origin: Debian', 'Label: Debian', 'Component: main'];
  const lines = (await run('apt-get', ['indextargets', '--format', '$(CODENAME) $(REPO_URI)', ...filter])).split('\n');
  const ours = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const [suite, mirror] = lines.find((line) => line.startsWith(`${ours} `))?.split(' ') ?? fallback;
  return mirror === undefined ? fallback : [suite!, mirror];
}
