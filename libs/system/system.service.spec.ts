import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { SystemDto } from './dto/system.dto.js';
import { SystemProbe } from './system-probe.js';
import { SNAPSHOT_MS, SystemService } from './system.service.js';

/** The machine of the reference documents. */
class ReferenceProbe extends SystemProbe {
  diskReads = 0;
  diskFault: Error | null = null;

  constructor() {
    super(undefined as never);
  }

  override cpuCount = () => 2;
  override uptime = () => 30806;
  override disk = () => {
    this.diskReads += 1;
    if (this.diskFault) return Promise.reject(this.diskFault);
    return Promise.resolve({ total: 67371577344, used: 3566796800, free: 60352081920 });
  };
  override memory = () => Promise.resolve({ total: 1567678464, used: 444342272, available: 936255488 });
  override network = () => Promise.resolve({ received: 54346, sent: 45694 });
}

describe('SystemService', () => {
  let now: number;
  let probe: ReferenceProbe;
  let system: SystemService;
  beforeEach(() => {
    now = 1_700_000_000_000;
    probe = new ReferenceProbe();
    system = new SystemService(probe, Object.assign(new Clock(), { now: () => now }));
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => jest.restoreAllMocks());

  it('answers the reference example to the letter', async () => {
    expect(SystemDto.from(await system.snapshot())).toEqual({
      cpu_count: 2,
      disk_free: 60352081920,
      disk_free_hr: '56.2 GB',
      disk_total: 67371577344,
      disk_total_hr: '62.7 GB',
      disk_used: 3566796800,
      disk_used_hr: '3.3 GB',
      mem_available: 936255488,
      mem_available_hr: '892.9 MB',
      mem_total: 1567678464,
      mem_total_hr: '1.5 GB',
      mem_used: 444342272,
      mem_used_hr: '423.8 MB',
      network_bytes_received: 54346,
      network_bytes_received_hr: '53.1 KB',
      network_bytes_sent: 45694,
      network_bytes_sent_hr: '44.6 KB',
      uptime: 30806,
      uptime_hr: '8:33:26',
    });
  });

  it('reads the machine once for callers within a second, and again after it', async () => {
    await Promise.all([system.snapshot(), system.snapshot()]);
    now += SNAPSHOT_MS - 1;
    await system.snapshot();
    expect(probe.diskReads).toBe(1);
    now += 1;
    await system.snapshot();
    expect(probe.diskReads).toBe(2);
  });

  it('leaves out what cannot be read, says so once, and recovers', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn');
    probe.diskFault = new Error('EIO');
    for (let read = 0; read < 3; read += 1, now += SNAPSHOT_MS) {
      const dto = SystemDto.from(await system.snapshot());
      expect(dto).toMatchObject({ disk_free: null, disk_free_hr: null, mem_total: 1567678464 });
    }
    expect(warn).toHaveBeenCalledTimes(1);
    probe.diskFault = null;
    expect(await system.snapshot()).toMatchObject({ disk: { free: 60352081920 } });
  });
});
