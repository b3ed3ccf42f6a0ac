import { Injectable, type OnModuleInit } from '@nestjs/common';
import { statfs } from 'node:fs/promises';
import { Config } from '../config/config.js';
import { humanBytes } from '../format/human-bytes.js';
import { HealthChecks } from '../http/health-checks.js';

/** What keeps uploads and transfers from being stored. */
export function shortage({ free, reserve, total }: Readonly<Record<'free' | 'reserve' | 'total', number>>): string {
  if (reserve >= total)
    return `DISK_RESERVE_BYTES (${humanBytes(reserve)}) is more than the whole disk of DATA_DIR has (${humanBytes(total)}): nothing is stored until it is lowered.`;
  return `${humanBytes(free)} are free on the disk, less than DISK_RESERVE_BYTES: uploads and transfers wait until there is room.`;
}

/** Reports to `/readyz` the disk that holds the packages. */
@Injectable()
export class DiskHealth implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly checks: HealthChecks,
  ) {}

  onModuleInit(): void {
    this.checks.add('disk', async () => {
      const { bavail, blocks, bsize } = await statfs(this.config.get('dataDir'));
      const free = bavail * bsize;
      const reserve = this.config.get('DISK_RESERVE_BYTES');
      const members = { free_bytes: free, reserve_bytes: reserve };
      if (free >= reserve && free > 0) return { state: 'ok', ...members };
      const burden = `${shortage({ free, reserve, total: blocks * bsize })} Downloads are served.`;
      return { state: free === 0 ? 'full' : 'low', ...members, burden };
    });
  }
}
