import { Injectable } from '@nestjs/common';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import si from 'systeminformation';
import { Config } from '#libs/platform/config/config.js';

export interface DiskReading {
  readonly total: number;
  readonly used: number;
  /** What this server may still write; less than total minus used where some is kept for root. */
  readonly free: number;
}

export interface MemoryReading {
  readonly total: number;
  /** Without buffers and caches. */
  readonly used: number;
  readonly available: number;
}

export interface NetworkReading {
  readonly received: number;
  readonly sent: number;
}

/** Reads the machine that this server runs on. Each reading fails for itself. */
@Injectable()
export class SystemProbe {
  constructor(private readonly config: Config) {}

  cpuCount(): number {
    return os.cpus().length || os.availableParallelism();
  }

  /** Seconds since the machine started. */
  uptime(): number {
    return Math.floor(os.uptime());
  }

  /** The file system that holds the packages. */
  async disk(): Promise<DiskReading> {
    const { bsize, blocks, bfree, bavail } = await statfs(this.config.get('dataDir'));
    return { total: blocks * bsize, used: (blocks - bfree) * bsize, free: bavail * bsize };
  }

  async memory(): Promise<MemoryReading> {
    const { total, free, buffcache, available } = await si.mem();
    return { total, used: Math.max(0, total - free - buffcache), available };
  }

  /** Since the machine started, over all interfaces but the loopback. */
  async network(): Promise<NetworkReading> {
    const names = Object.entries(os.networkInterfaces())
      .filter(([, addresses]) => addresses?.some(({ internal }) => !internal))
      .map(([name]) => name);
    const stats = names.length === 0 ? [] : await si.networkStats(names.join(','));
    const sum = (of: (stat: (typeof stats)[number]) => number) => stats.reduce((total, stat) => total + of(stat), 0);
    return { received: sum(({ rx_bytes }) => rx_bytes), sent: sum(({ tx_bytes }) => tx_bytes) };
  }
}
