import { Injectable, type OnModuleInit } from '@nestjs/common';
import { statfs } from 'node:fs/promises';
import { Config } from '../config/config.js';
import { humanBytes } from '../format/human-bytes.js';
import { HealthChecks } from '../http/health-checks.js';

/** Reports to `/readyz` the disk that holds the packages. */
@Injectable()
export class DiskHealth implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly checks: HealthChecks,
  ) {}

  onModuleInit(): void {
    this.checks.add('disk', async () => {
      const { bavail, bsize } = await statfs(this.config.get('dataDir'));
      const free = bavail * bsize;
      const reserve = this.config.get('DISK_RESERVE_BYTES');
      const members = { free_bytes: free, reserve_bytes: reserve };
      if (free >= reserve && free > 0) return { state: 'ok', ...members };
      const burden = `${humanBytes(free)} are free on the disk, less than DISK_RESERVE_BYTES: uploads and transfers wait until there is room. Downloads are served.`;
      return { state: free === 0 ? 'full' : 'low', ...members, burden };
    });
  }
}
