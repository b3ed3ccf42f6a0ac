import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { LeaseNames, leaseNames } from './lease-names.js';

/** Where the system does not list processes, none is ever taken for dead. */
const listsProcesses = process.platform === 'linux';

describe('the name of a lease', () => {
  const name = leaseNames.next();
  const [machine, begin, number] = [name.slice(0, 8), name.slice(14, 22), name.slice(22)];
  const ofPid = (pid: number, since = begin): string => machine + pid.toString(36).padStart(6, '0') + since + number;

  it('fits its column and is never given twice', () => {
    const names = Array.from({ length: 1_000 }, () => leaseNames.next());
    expect(new Set(names).size).toBe(1_000);
    expect(names.every((each) => /^[0-9a-z]{32}$/.test(each))).toBe(true);
  });

  it('shows that its process is gone, or that another has its id', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    expect(leaseNames.isOfTheDead(ofPid(pid))).toBe(listsProcesses);
    expect(leaseNames.isOfTheDead(ofPid(process.ppid, '0'.repeat(8)))).toBe(listsProcesses); // it lives, and began at another time
  });

  it('is not of the dead while its process lives', () => {
    expect(leaseNames.isOfTheDead(name)).toBe(false);
    if (!listsProcesses) return;
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'latin1');
    const since = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]).toString(36);
    expect(leaseNames.isOfTheDead(ofPid(process.ppid, since.padStart(8, '0')))).toBe(false);
    expect(new LeaseNames().isOfTheDead(name)).toBe(false);
  });

  it('says nothing on another machine, in another container, or in the words of an older version', () => {
    expect(leaseNames.isOfTheDead(`${'0'.repeat(8)}${name.slice(8)}`)).toBe(false);
    expect(leaseNames.isOfTheDead('f'.repeat(32))).toBe(false);
  });
});
