import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Child, run } from '../support/child.mjs';
import { findCommand } from '../support/programs.mjs';
import { scratchDir } from '../support/services.js';

/** A directory to change into (chroot), with a shell and those programs of this machine that the scripts of a package call. Needs root. */
export class ScratchRoot {
  readonly directory = scratchDir('root');

  private constructor() {}

  static async make(programs: readonly string[]): Promise<ScratchRoot> {
    const made = new ScratchRoot();
    chmodSync(made.directory, 0o755); // the server's user enters it
    for (const each of ['etc', 'tmp', 'dev', 'usr/bin', 'usr/sbin', 'var/lib/rpm']) mkdirSync(made.path(each), { recursive: true });
    // Scripts write to the one and read a few bytes of the other: files are enough.
    writeFileSync(made.path('dev/null'), '');
    writeFileSync(made.path('dev/urandom'), randomBytes(64 << 10));
    writeFileSync(made.path('etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
    writeFileSync(made.path('etc/group'), 'root:x:0:\n');
    for (const each of programs) await made.addProgram(findCommand(each)!);
    cpSync(made.path('usr/bin/sh'), made.path('bin/sh'));
    return made;
  }

  path(inside: string): string {
    return path.join(this.directory, inside);
  }

  has(inside: string): boolean {
    return existsSync(this.path(inside));
  }

  read(inside: string): string {
    return readFileSync(this.path(inside), 'utf8');
  }

  /** Who owns a file, and what may be done with it. */
  rightsOf(inside: string): string {
    const { uid, gid, mode } = statSync(this.path(inside));
    return `${this.nameOf('etc/passwd', uid)}:${this.nameOf('etc/group', gid)} ${(mode & 0o777).toString(8)}`;
  }

  /** Puts the libraries of a program that is there already beside it. */
  async addLibraries(program: string): Promise<void> {
    const output = await run('ldd', [program]);
    for (const [library] of output.matchAll(/\/\S+\.so[.\d]*/g)) cpSync(library, this.path(library), { dereference: true });
  }

  run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    return run('chroot', [this.directory, command, ...args], { env: { PATH: process.env['PATH'], ...env } });
  }

  start(user: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv): Child {
    const [, , id] = new RegExp(`^${user}:(.*):(\\d+):`, 'm').exec(this.read('etc/passwd'))!;
    return new Child('chroot', [`--userspec=${id}:${id}`, this.directory, command, ...args], { env });
  }

  private async addProgram(file: string): Promise<void> {
    cpSync(file, this.path(path.join('usr/bin', path.basename(file))), { dereference: true });
    await this.addLibraries(file);
  }

  private nameOf(list: string, id: number): string {
    return new RegExp(`^([^:]+):[^:]*:${id}:`, 'm').exec(this.read(list))?.[1] ?? String(id);
  }
}
