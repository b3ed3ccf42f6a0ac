import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { median } from './rounds.mjs';

/** Ticks of /proc/PID/stat in a second; 100 on every Linux that Node runs on. */
const TICKS = 100;
const FIELDS = { utime: 14, stime: 15, cutime: 16, cstime: 17 };

/**
 * Processor seconds that a process has used so far, in user and in system mode, with all its threads and the children it has waited
 * for; null where the system does not report it. Work of the kernel for all (writing back to the disk) is counted for no process.
 * @param {number} pid
 */
export function cpuSeconds(pid) {
  if (process.platform !== 'linux') return null;
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const rest = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name may have blanks; the rest begins with field 3
  return Object.values(FIELDS).reduce((sum, field) => sum + Number(rest[field - 3]), 0) / TICKS;
}

/** Processor seconds of several sides of one contender, round by round. Unlike wall time they hold on a machine that others use too. */
export class CpuBook {
  /** @type {Record<string, number[]>} */ #rounds = {};

  /**
   * Runs `work` and writes down what each process used meanwhile.
   * @template T @param {string} contender @param {Record<string, number | null>} pids by side; null for this process's children
   * @param {() => Promise<T>} work @returns {Promise<T>}
   */
  async during(contender, pids, work) {
    const sides = Object.entries(pids).map(([side, pid]) => ({ side, pid: pid ?? process.pid, isOwn: pid === null }));
    const read = () => sides.map(({ pid, isOwn }) => (isOwn ? childSeconds() : cpuSeconds(pid)));
    const before = read();
    const result = await work();
    const after = read();
    let sum = 0;
    for (const [at, { side }] of sides.entries()) {
      const used = (after[at] ?? 0) - (before[at] ?? 0);
      sum += used;
      this.#note(`${contender} ${side}`, used);
    }
    if (before.every((seconds) => seconds !== null)) this.#note(contender, sum);
    return result;
  }

  /** The median of a contender, or of one of its sides (`rsync receiver`), for each GiB; null when it was not measured. @param {string} what @param {number} bytes */
  perGib(what, bytes) {
    const rounds = this.#rounds[what];
    return rounds === undefined ? null : (median(rounds) * 2 ** 30) / bytes;
  }

  /** @param {string} what @param {number} seconds */
  #note(what, seconds) {
    (this.#rounds[what] ??= []).push(seconds);
  }
}

function childSeconds() {
  if (process.platform !== 'linux') return null;
  const text = readFileSync(`/proc/${process.pid}/stat`, 'utf8');
  const rest = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(rest[FIELDS.cutime - 3]) + Number(rest[FIELDS.cstime - 3])) / TICKS;
}

/** Keeps a process and all its threads on one processor. @param {number} pid @param {number} core */
export function pin(pid, core) {
  execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
}
