import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { PlistDict } from '#libs/platform/plist/plist-value.js';
import { writePlist } from '#libs/platform/plist/write-plist.js';
import { findCommand } from '../support/programs.mjs';

const folder = path.resolve(import.meta.dirname, '../../integrations/autopkg');

export const processors = ['ODSPackageUploader', 'ODSPackagePromoter', 'ODSPackageCleaner', 'ODSJamfWaiter', 'ODSMunkiImporter'] as const;
export type Processor = (typeof processors)[number];

export const fileOf = (processor: Processor): string => path.join(folder, `${processor}.py`);

export interface Ran {
  /** 0, or 10 after a ProcessorError. */
  readonly code: number | null;
  /** The lines for people. */
  readonly log: string;
  /** The variables after it; empty when it failed. */
  readonly env: Readonly<Record<string, unknown>>;
}

/** Runs a processor as AutoPkg does, in a Python of its own. The environment has nothing but what is given. */
export async function runProcessor(
  processor: Processor,
  inputs: Readonly<Record<string, string>> | PlistDict,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const python = findCommand('python3');
  if (python === null) throw new Error('The processors need python3.');
  // A recipe's inputs may be lists and dictionaries: then they come as a property list on standard input.
  const isPlist = inputs instanceof Map;
  const words = isPlist ? [] : Object.entries(inputs).map(([name, value]) => `${name}=${value as string}`);
  const child = spawn(python, [fileOf(processor), ...words], {
    env: { PATH: process.env['PATH'], PYTHONPATH: import.meta.dirname, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(isPlist ? writePlist(inputs) : undefined);
  const [out, log] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, log, env: out === '' ? {} : (JSON.parse(out) as Record<string, unknown>) };
}
