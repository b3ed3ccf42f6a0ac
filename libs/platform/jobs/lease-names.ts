import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/** A lease name has as many characters as the column: machine, process id, when that process began, a number. */
const WIDTHS = [8, 6, 8, 10] as const;
const MACHINE = WIDTHS[0];

/** When the process with this id began, in the system's ticks; null when there is none. Linux only (proc(5)). */
function beginOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]).toString(36);
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/**
 * Names this boot of this machine, and the container on it: only there do process ids say anything. Where the system does not
 * say, a unique name, so that no process draws conclusions.
 */
function machineName(): string {
  try {
    const parts = [readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(), readlinkSync('/proc/self/ns/pid')];
    if (beginOf(process.pid) !== null) return createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, MACHINE);
  } catch {
    // Not Linux, or without /proc.
  }
  return randomBytes(MACHINE / 2).toString('hex');
}

const pad = (text: string, index: number): string => text.padStart(WIDTHS[index]!, '0');

/** Names for the claims of this process, by which others on this machine can check whether it is still alive. */
export class LeaseNames {
  private readonly machine = machineName();
  private readonly holder = this.machine + pad(process.pid.toString(36), 1) + pad(beginOf(process.pid) ?? '', 2);
  private last = 0;

  next(): string {
    return this.holder + pad((this.last += 1).toString(36), 3);
  }

  /** Certainly: its process was on this machine and is gone. Its lease need not be waited for. */
  isOfTheDead(name: string): boolean {
    if (!name.startsWith(this.machine) || name.startsWith(this.holder)) return false;
    const [pid, begin] = [name.slice(MACHINE, MACHINE + WIDTHS[1]), name.slice(MACHINE + WIDTHS[1], MACHINE + WIDTHS[1] + WIDTHS[2])];
    const found = beginOf(Number.parseInt(pid, 36));
    return found === null || pad(found, 2) !== begin;
  }
}

/** Of this process: two lists of names would have the same names twice. */
export const leaseNames = new LeaseNames();
