import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { patient } from './patience.mjs';
import { findCommand } from './programs.mjs';

/** Enough of what a program said to explain a failure. */
const LOG_LIMIT = 256 * 1024;
const STOP_TIMEOUT_MS = 40_000;
const END_TIMEOUT_MS = 60_000;
const DRAIN_TIMEOUT_MS = 2_000;

/**
 * A child process that cannot outlive the tests: it dies with its parent where the system can say so,
 * and what it wrote is kept for the failure message.
 */
export class Child {
  /**
   * @param {string} command
   * @param {readonly string[]} args
   * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, user?: string | null, deathSignal?: string }} [options]
   *   deathSignal is what the child gets when its parent dies: KILL, unless it has children of its own to end
   */
  constructor(command, args, { env = process.env, cwd, user = null, deathSignal = 'KILL' } = {}) {
    this.name = command;
    this.output = '';
    this.process = spawn(...bound(command, args, user, deathSignal), {
      env,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    /** @type {Promise<{ code: number | null, signal: NodeJS.Signals | null }>} */
    this.exited = new Promise((resolve) => {
      this.process.once('error', (error) => {
        this.output += `${error.message}\n`;
        resolve({ code: -1, signal: null });
      });
      this.process.once('exit', (code, signal) => this.#drained().then(() => resolve({ code, signal })));
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.output = (this.output + text).slice(-LOG_LIMIT);
      });
    }
  }

  /** The last words are read to the end, unless a grandchild holds the pipe open. */
  async #drained() {
    const timer = new AbortController();
    const late = delay(DRAIN_TIMEOUT_MS, null, { signal: timer.signal }).catch(() => null);
    await Promise.race([once(this.process, 'close'), late]);
    timer.abort();
    this.process.stdout.destroy();
    this.process.stderr.destroy();
  }

  get isRunning() {
    return this.process.pid !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  /**
   * Sends a signal and waits for the end; a child that ignores it is killed, and that is an error.
   * @param {NodeJS.Signals} [signal]
   */
  async stop(signal = 'SIGTERM') {
    if (!this.isRunning) return this.exited;
    this.process.kill(signal);
    return this.#endWithin(STOP_TIMEOUT_MS, `of ${signal}`);
  }

  /** Waits for an end that comes without a signal, as of a start that is refused; a child that goes on is killed, and that is an error. */
  ended() {
    return this.#endWithin(patient(END_TIMEOUT_MS), 'of its start');
  }

  /** @param {number} timeoutMs @param {string} since */
  async #endWithin(timeoutMs, since) {
    const timer = new AbortController();
    const late = delay(timeoutMs, 'late', { signal: timer.signal }).catch(() => 'in time');
    const outcome = await Promise.race([this.exited, late]);
    timer.abort();
    if (typeof outcome !== 'string') return outcome;
    this.process.kill('SIGKILL');
    await this.exited;
    throw new Error(`${this.name} did not end within ${timeoutMs} ms ${since}:\n${this.output}`);
  }

  /**
   * Waits until `ready` answers without an error; fails at once when the process ends before.
   * @param {() => Promise<unknown>} ready
   * @param {number} timeoutMs
   */
  async waitUntil(ready, timeoutMs) {
    const giveUp = Date.now() + patient(timeoutMs);
    for (;;) {
      if (!this.isRunning) throw new Error(`${this.name} ended before it was ready:\n${this.output}`);
      try {
        return await ready();
      } catch (error) {
        if (Date.now() > giveUp) throw new Error(`${this.name} was not ready after ${timeoutMs} ms (${error}):\n${this.output}`);
      }
      await delay(40);
    }
  }
}

/**
 * @param {string} command @param {readonly string[]} args @param {string | null} user @param {string} deathSignal
 * @returns {[string, string[]]}
 */
function bound(command, args, user, deathSignal) {
  const setpriv = process.platform === 'linux' ? findCommand('setpriv') : null;
  if (setpriv !== null) {
    const as = user === null ? [] : [`--reuid=${user}`, `--regid=${user}`, '--init-groups'];
    return [setpriv, ['--pdeathsig', deathSignal, ...as, '--', command, ...args]];
  }
  if (user === null) return [command, [...args]];
  throw new Error(`${command} must run as ${user}, which needs setpriv (util-linux).`);
}

/**
 * Runs a program to its end and answers what it wrote; throws when it fails.
 * @param {string} command @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, user?: string | null }} [options]
 */
export async function run(command, args, options) {
  const child = new Child(command, args, options);
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed with status ${code}:\n${child.output}`);
  return child.output;
}

/**
 * A loopback port without a listener. Taken below the range the system hands to outgoing connections, and
 * reserved for this process as long as it lives, so that it is still free when a server binds it later, or again.
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if ((await isReserved(port)) && (await isFree(port))) return port;
  }
  throw new Error('No free loopback port was found in 100 attempts.');
}

/** @type {Set<number>} */
const given = new Set();

/**
 * Whether this process has it now. Other test processes are kept away by a socket without a file (unix(7), abstract
 * sockets): the system gives it to one process, and takes it back when that ends, however it ends.
 * @param {number} port
 */
async function isReserved(port) {
  if (given.has(port)) return false;
  if (process.platform === 'linux' && !(await listens(createServer().unref(), `\0ods-test-port-${port}`))) return false;
  given.add(port);
  return true;
}

/** @param {number} port */
async function isFree(port) {
  const server = createServer();
  const free = await listens(server, { port, host: '127.0.0.1', exclusive: true });
  server.close();
  return free;
}

/** @param {import('node:net').Server} server @param {any} where */
async function listens(server, where) {
  try {
    server.listen(where);
    await once(server, 'listening');
    return true;
  } catch {
    return false; // taken
  }
}
