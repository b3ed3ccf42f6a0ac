import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { inspectSource } from '#libs/inspection/formats/inspect-source.js';
import type { Inspection } from '#libs/inspection/formats/inspection-result.js';
import { Source } from '#libs/inspection/formats/source.js';
import { run } from '../support/child.mjs';
import { scratchDir } from '../support/services.js';

const root = path.resolve(import.meta.dirname, '../..');

/** One installer by `npm run package:all`, quickly packed. The files for its system are gathered once for all tests. @returns its path */
export async function makePackage(format: string, version = '0.1.0'): Promise<string> {
  const out = scratchDir(format);
  const args = ['tools/run.mjs', 'package:all', '--only', format, '--out', out, '--version', version, '--compression', 'none'];
  await run(process.execPath, args, { cwd: root });
  const [, name] = /^[0-9a-f]{64} {2}(.+)\n$/.exec(readFileSync(path.join(out, 'SHA256SUMS'), 'utf8'))!;
  return path.join(out, name!);
}

/** What the server would say about the file after an upload. */
export async function inspect(file: string): Promise<Inspection | null> {
  const bytes = readFileSync(file);
  return inspectSource(new Source({ size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) }));
}

/** All lines that a program writes, however many: of long output `run` keeps the end. */
export async function linesOf(command: string, ...args: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 64 << 20 });
  return stdout.trimEnd().split(/\r?\n/);
}
