import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { Failure } from './failure.mjs';
import { ProgramFailed, run, runNode } from './processes.mjs';
import { inRoot } from './root.mjs';
import { hashOf, Stamp } from './stamps.mjs';
import { step } from './step.mjs';

const stamp = new Stamp('node_modules/.ods-installed', () =>
  hashOf(['package-lock.json'], [process.versions.modules, process.platform, process.arch]),
);

export function isInstalled() {
  return isLinked() || stamp.isFresh();
}

/** Installs the packages of the lock file, unless they are there. */
export async function install() {
  if (isInstalled()) return;
  const isFirst = !existsSync(inRoot('node_modules'));
  await stamp.renew(() => step(`Installing packages${isFirst ? ' (the first time takes a minute or two)' : ''}`, npmCi));
}

/** A worktree may borrow the packages of another checkout: then they are that one's to install. */
function isLinked() {
  return lstatSync(inRoot('node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

async function npmCi() {
  const args = ['ci', '--no-audit', '--no-fund'];
  const options = { quiet: true, env: { ...process.env, ...ownHeaders() } };
  const npm = process.env['npm_execpath'];
  try {
    if (npm?.endsWith('.js')) await runNode(npm, args, options);
    else await run('npm', args, options);
  } catch (error) {
    if (error instanceof ProgramFailed) throw new Failure(`${error.message}\n${advice(error.output)}`);
    throw error;
  }
}

/** Native add-ons are compiled against this Node's own headers where it has them, instead of downloading them. */
function ownHeaders() {
  const prefix = path.resolve(path.dirname(process.execPath), '..');
  return existsSync(path.join(prefix, 'include/node/node_version.h')) ? { npm_config_nodedir: prefix } : {};
}

/** @param {string} output */
function advice(output) {
  if (/gyp ERR|not found: make|node-gyp/.test(output)) {
    return 'A package is compiled while it is installed. That needs python3, make and g++ (Debian: apt-get install python3 make g++).';
  }
  if (/ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN/.test(output))
    return "The package registry was not reached: check the network, or npm's proxy settings.";
  if (/EACCES|EPERM/.test(output)) return 'Files in this checkout belong to another user: run as their owner, or make them yours.';
  return 'Try again; if it stays so, remove node_modules first.';
}
