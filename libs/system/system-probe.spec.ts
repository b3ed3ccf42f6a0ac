import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { SystemProbe } from './system-probe.js';

const probe = new SystemProbe({ get: () => tmpdir() } as never);

describe('SystemProbe on this machine', () => {
  it('reads plausible figures', async () => {
    expect(probe.cpuCount()).toBeGreaterThan(0);
    expect(Number.isInteger(probe.uptime())).toBe(true);
    const memory = await probe.memory();
    expect(memory.used).toBeGreaterThan(0);
    expect(memory.available).toBeLessThanOrEqual(memory.total);
    const network = await probe.network();
    expect(network.received).toBeGreaterThanOrEqual(0);
    expect(Number.isInteger(network.sent)).toBe(true);
  });

  it('reads the disk as df does', async () => {
    const [, line] = execFileSync('df', ['-kP', tmpdir()], { encoding: 'utf8' }).trim().split('\n');
    const [total, used, free] = line!
      .split(/\s+/)
      .slice(-5, -2)
      .map((kib) => Number(kib) * 1_024);
    const disk = await probe.disk();
    expect(disk.total).toBe(total);
    const slack = 64 * 2 ** 20; // others write meanwhile
    expect(Math.abs(disk.used - used!)).toBeLessThan(slack);
    expect(Math.abs(disk.free - free!)).toBeLessThan(slack);
  });
});
