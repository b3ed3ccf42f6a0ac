import { type ChildProcess, spawn } from 'node:child_process';
import { type FileHandle, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChildAnswer, parseAnswer, STARTED } from './child-answer.js';
import { isProgram, PRLIMIT, SEVEN_ZIP_PLACES } from './child-programs.js';

export type Outcome = ChildAnswer | { readonly state: 'timed_out' };

const CPU_SECONDS = 30;
const WALL_MS = 60_000;
const MOST_OUTPUT = 256 << 10;
const IS_POSIX = process.platform !== 'win32';
const program = fileURLToPath(new URL('./inspect-child.js', import.meta.url));
/** Where ODS is installed; the compiled program lies four directories below. */
const root = path.resolve(path.dirname(program), '../../../..');

/** How this Node takes rights away from a process: under its name of Node 22.13 and later, and that of Node 20. */
const PERMISSION = IS_POSIX && ['--permission', '--experimental-permission'].find((flag) => process.allowedNodeEnvironmentFlags.has(flag));

/**
 * Limits of the process by Node itself. It reads ODS and nothing else by a name, writes nothing, and starts a program only for a disk image: what
 * takes over a parser finds no more than the file that it came with. On Windows this could not be tried, and is left out.
 */
export const nodeArguments = (mayStartPrograms: boolean, directory = root): string[] => [
  ...['--max-old-space-size=256', '--disallow-code-generation-from-strings', '--no-warnings'],
  ...(PERMISSION ? [PERMISSION, ...[`${directory}/*`, PRLIMIT, ...SEVEN_ZIP_PLACES].map((place) => `--allow-fs-read=${place}`)] : []),
  ...(PERMISSION && mayStartPrograms ? ['--allow-child-process'] : []),
];

/** Processor time is limited where util-linux is installed; the time on the wall is limited everywhere. */
function commandLine(args: readonly string[]): { command: string; args: string[] } {
  if (!isProgram(PRLIMIT)) return { command: process.execPath, args: [...args] };
  const limits = [`--cpu=${CPU_SECONDS}`, '--core=0', '--fsize=0'];
  return { command: PRLIMIT, args: [...limits, '--', process.execPath, ...args] };
}

export interface ChildOptions {
  readonly wallMs?: number;
  /** The program, and the directory that it may read. */
  readonly run?: string;
  readonly directory?: string;
  /** Whether it may start a program: 7-Zip, for a disk image. */
  readonly mayStartPrograms?: boolean;
}

/**
 * Inspects an open file in a process of its own: no environment, an empty directory, the file as its only input, and limits of memory, time and
 * output. Whatever the file does to that process, it ends here as `damaged` or `timed_out`. Rejects when the signal is aborted, or
 * when the process does not start.
 */
export async function runChild(file: FileHandle, signal: AbortSignal, options: ChildOptions = {}): Promise<Outcome> {
  const { wallMs = WALL_MS, run = program, directory, mayStartPrograms = false } = options;
  const cwd = await mkdtemp(path.join(tmpdir(), 'ods-inspection-'));
  try {
    const { command, args } = commandLine([...nodeArguments(mayStartPrograms, directory), run]);
    const child = spawn(command, args, { cwd, env: {}, detached: IS_POSIX, stdio: ['ignore', 'pipe', 'ignore', file.fd] });
    return await outcomeOf(child, signal, wallMs);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** The process leads a group: a program that it started ends with it. */
function killWithChildren(child: ChildProcess): void {
  if (!IS_POSIX || child.pid === undefined) return void child.kill('SIGKILL');
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function outcomeOf(child: ChildProcess, signal: AbortSignal, wallMs: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    let isLate = false;
    const kill = (): void => killWithChildren(child);
    const timer = setTimeout(() => {
      isLate = true;
      kill();
    }, wallMs);
    signal.addEventListener('abort', kill, { once: true });
    child.stdout!.on('data', (part: Buffer) => {
      length += part.length;
      if (length > MOST_OUTPUT) kill();
      else parts.push(part);
    });
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code, killedBy) => {
      settle();
      if (killedBy !== null) kill();
      if (signal.aborted) return reject(signal.reason as Error);
      if (isLate || killedBy === 'SIGXCPU') return resolve({ state: 'timed_out' });
      const output = Buffer.concat(parts).toString('utf8');
      if (!output.startsWith(STARTED))
        return reject(new Error(`The process of an inspection did not start (${killedBy ?? `status ${code}`}).`));
      const answer = code === 0 && length <= MOST_OUTPUT ? parseAnswer(output.slice(STARTED.length)) : null;
      resolve(answer ?? { state: 'damaged', reason: 'Its inspection ended without an answer: it may need too much memory.' });
    });
  });
}
