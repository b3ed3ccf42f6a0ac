import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';

export const program = path.resolve(import.meta.dirname, '../../bin/ods');

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs `ods` as a script does. */
export async function ods(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): Promise<Said> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], XDG_CONFIG_HOME: '/nonexistent', ...env },
  });
  child.stdin.end(input);
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, error };
}
