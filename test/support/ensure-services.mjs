import { execFileSync } from 'node:child_process';
import { findCommand, findProgram, programs } from './programs.mjs';

/** @typedef {import('./programs.mjs').Program} Program */

/**
 * Finds the programs that the tests start themselves, and installs the missing ones where it may (root on
 * Debian). What stays missing is left out of this run and said so; in CI that is a failure.
 * @param {{ wanted?: readonly Program[], say?: (text: string) => void, isCi?: boolean }} [options]
 * @returns {string[]} the names of what is left out
 */
export function ensureServices({ wanted = programs, say = console.error, isCi = process.env['CI'] === 'true' } = {}) {
  const declined = (process.env['ODS_TEST_WITHOUT'] ?? '').split(',').filter((name) => name !== '');
  const isMissing = (/** @type {Program} */ { name }) => !declined.includes(name) && findProgram(name, wanted) === null;
  if (wanted.some(isMissing) && mayInstall()) install(wanted.filter(isMissing), say);
  const leftOut = [...declined, ...wanted.filter(isMissing).map(({ name }) => name)];
  for (const { name, usedBy, apt, variable } of wanted.filter(({ name }) => leftOut.includes(name))) {
    say(`LEFT OUT: ${usedBy}, which needs ${name}. To include it: apt-get install ${apt} (Debian), or set ${variable} to its path.`);
  }
  process.env['ODS_TEST_WITHOUT'] = leftOut.join(',');
  if (leftOut.length > 0 && isCi) throw new Error(`In CI nothing may be left out; missing: ${leftOut.join(', ')}.`);
  return leftOut;
}

/** Root may, where there is apt-get. */
function mayInstall() {
  return process.getuid?.() === 0 && findCommand('apt-get') !== null;
}

/** @param {readonly Program[]} missing @param {(text: string) => void} say */
function install(missing, say) {
  // RUNLEVEL=1: Debian would start the servers for all to use; the tests start their own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const aptGet = (/** @type {string[]} */ ...args) =>
    execFileSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  for (const [index, { apt }] of missing.entries()) {
    say(`Installing ${apt} with apt-get`);
    try {
      if (index === 0) aptGet('update');
      aptGet('install', '--no-install-recommends', apt);
    } catch (error) {
      say(`apt-get could not install ${apt}: ${/** @type {Error} */ (error).message}`);
    }
  }
}
