import path from 'node:path';
import { Child } from '../support/child.mjs';
import type { TestServer } from '../support/test-server.js';

const program = path.resolve(import.meta.dirname, '../../bin/ods-admin');

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the command as an administrator does, with the settings given. */
export async function odsAdmin(args: readonly string[], settings: Readonly<Record<string, string>>): Promise<Ended> {
  const child = new Child(process.execPath, [program, ...args], { env: { PATH: process.env['PATH'], ...settings } });
  const { code } = await child.exited;
  return { code, output: child.output };
}

/** With the settings of this server's own data directory. */
export const adminOf = (server: TestServer, ...args: string[]): Promise<Ended> => odsAdmin(args, { DATA_DIR: server.dataDir });
