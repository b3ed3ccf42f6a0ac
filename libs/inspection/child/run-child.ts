import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { type FileHandle, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChildAnswer, parseAnswer, STARTED } from './child-answer.js';

export type Outcome = ChildAnswer | { readonly state: 'timed_out' };

const PRLIMIT = '/usr/bin/prlimit';
const CPU_SECONDS = 30;
const WALL_MS = 60_000;
const MOST_OUTPUT = 256 << 10;
const program = fileURLToPath(new URL('./inspect-child.js', import.meta.url));
export const nodeArguments = ['--max-old-space-size=256', '--disallow-code-generation-from-strings', '--no-warnings'] as const;

/** Processor time is limited where util-linux is installed; the time on the wall is limited everywhere. */
function commandLine(file: string): { command: string; args: string[] } {
  try {
    accessSync(PRLIMIT, constants.X_OK);
    const limits = [`--cpu=${CPU_SECONDS}`, '--core=0', '--fsize=0'];
    return { command: PRLIMIT, args: [...limits, '--', process.execPath, ...nodeArguments, file] };
  } catch {
    return { command: process.execPath, args: [...nodeArguments, file] };
  }
}

/**
 * Inspects an open file in a process of its own: no environment, an empty directory, the file as its only input, and limits of memory, time and
 * output. Whatever the file does to that process, it ends here as `damaged` or `timed_out`. Rejects when the signal is aborted, or
 * when the process does not start.
 */
export async function runChild(file: FileHandle, signal: AbortSignal, { wallMs = WALL_MS, run = program } = {}): Promise<Outcome> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'ods-inspection-'));
  try {
    const { command, args } = commandLine(run);
    const child = spawn(command, args, { cwd, env: {}, stdio: ['ignore', 'pipe', 'ignore', file.fd] });
    return await outcomeOf(child, signal, wallMs);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

function outcomeOf(child: ChildProcess, signal: AbortSignal, wallMs: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    let isLate = false;
    const kill = (): void => void child.kill('SIGKILL');
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
