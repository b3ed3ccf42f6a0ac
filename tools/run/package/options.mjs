import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../failure.mjs';
import { inRoot } from '../root.mjs';

/**
 * How installers are made. `arch` is that of the packages for Linux, `compression` that of packages whose format has a choice.
 * @typedef {{ out: string, version: string, arch: 'x64' | 'arm64', compression: 'xz' | 'none', only: readonly string[] }} PackageOptions
 */

const compressions = ['xz', 'none'];

/**
 * `--out DIR`, `--version V`, `--compression none`, and `--only FORMAT` once or more. Makes the directory.
 * @param {string[]} args @returns {PackageOptions} throws a Failure where it makes no sense
 */
export function packageOptions(args) {
  const { version: ours } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string', default: 'dist-packages' },
      version: { type: 'string', default: ours },
      compression: { type: 'string', default: 'xz' },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    throw new Failure('Packages are built on Linux, x64 or arm64.');
  if (!/^\d+\.\d+\.\d+$/.test(values.version))
    throw new Failure(`The version ${values.version} is not three numbers, as installers need it.`);
  if (!compressions.includes(values.compression)) throw new Failure(`Compressions: ${compressions.join(', ')}.`);
  const out = path.resolve(values.out);
  mkdirSync(out, { recursive: true });
  return /** @type {PackageOptions} */ ({ ...values, out, arch: process.arch });
}
