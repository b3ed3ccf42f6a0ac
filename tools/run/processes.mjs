import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Failure } from './failure.mjs';
import { root } from './root.mjs';

const OUTPUT_LIMIT = 4 * 2 ** 20;
const isWindows = process.platform === 'win32';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** Ends what was started, with everything it started in turn: compilers have children of their own. */
function endAll(signal = 'SIGTERM') {
  for (const child of running) {
    if (child.pid === undefined) continue;
    try {
      if (isWindows) child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error; // it has just ended
    }
  }
}

/** @param {NodeJS.Signals} signal */
function leave(signal) {
  endAll();
  process.stderr.write('\nStopped.\n');
  process.exit(128 + constants.signals[signal]);
}

const stopSignals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a program in the checkout and resolves when it ends well; a signal to us ends it too.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean }} [options] quiet keeps its words for the case that it fails
 * @returns {Promise<string>} what it wrote, when quiet
 */
export function run(command, args, { env = process.env, quiet = false } = {}) {
  if (running.size === 0) for (const signal of stopSignals) process.on(signal, leave);
  const child = spawn(command, [...args], {
    cwd: root,
    env,
    stdio: ['ignore', ...(quiet ? ['pipe', 'pipe'] : ['inherit', 'inherit'])],
    detached: !isWindows, // a process group of its own, so that it can be ended whole
    shell: isWindows && command === 'npm',
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-OUTPUT_LIMIT);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Failure(`${command} could not be run: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new ProgramFailed(command, args, code ?? signal, output));
    });
  }).finally(() => {
    running.delete(child);
    if (running.size === 0) for (const name of stopSignals) process.off(name, leave);
  });
}

/**
 * A script of an installed package, run by this Node.
 * @param {string} script @param {readonly string[]} args @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean }} [options]
 */
export const runNode = (script, args, options) => run(process.execPath, [script, ...args], options);

export class ProgramFailed extends Failure {
  /** @param {string} command @param {readonly string[]} args @param {unknown} end @param {string} output */
  constructor(command, args, end, output) {
    super(`${output.trimEnd()}\n\n${[command, ...args].join(' ')} failed (${end}).`.trimStart());
    this.output = output;
  }
}
