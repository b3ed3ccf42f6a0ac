import { Injectable } from '@nestjs/common';
import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { Job, type JobState } from '#libs/entities/job.entity.js';
import { Package, type PackageStatus } from '#libs/entities/package.entity.js';
import { Peer } from '#libs/entities/peer.entity.js';
import { Transfer, type TransferState } from '#libs/entities/transfer.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Sums come as text from some databases. */
type Figure = number | string | null;

export interface PeerStanding {
  readonly name: string;
  readonly iss: string;
  readonly ackedSeq: number;
  readonly lastSeenMs: number | null;
  readonly unreachableSinceMs: number | null;
}

/** The few queries behind the gauges; each answers few rows. */
@Injectable()
export class MetricsRepository {
  constructor(private readonly db: Database) {}

  async packages(): Promise<{ status: PackageStatus; count: number; bytes: number }[]> {
    const rows = await this.db.manager
      .createQueryBuilder(Package, 'package')
      .select('package.status', 'status')
      .addSelect('COUNT(*)', 'count')
      .addSelect('SUM(package.size)', 'bytes')
      .groupBy('package.status')
      .getRawMany<{ status: PackageStatus; count: Figure; bytes: Figure }>();
    return rows.map(({ status, count, bytes }) => ({ status, count: Number(count), bytes: Number(bytes) }));
  }

  async transfers(): Promise<{ state: TransferState; count: number }[]> {
    const rows = await this.db.manager
      .createQueryBuilder(Transfer, 'transfer')
      .select('transfer.state', 'state')
      .addSelect('COUNT(*)', 'count')
      .groupBy('transfer.state')
      .getRawMany<{ state: TransferState; count: Figure }>();
    return rows.map(({ state, count }) => ({ state, count: Number(count) }));
  }

  /** Jobs by type and state, and when the first of each was due. */
  async jobs(): Promise<{ type: string; state: JobState; count: number; firstDueMs: number }[]> {
    const rows = await this.db.manager
      .createQueryBuilder(Job, 'job')
      .select('job.type', 'type')
      .addSelect('job.state', 'state')
      .addSelect('COUNT(*)', 'count')
      .addSelect('MIN(job.dueMs)', 'first')
      .groupBy('job.type')
      .addGroupBy('job.state')
      .getRawMany<{ type: string; state: JobState; count: Figure; first: Figure }>();
    return rows.map(({ type, state, count, first }) => ({ type, state, count: Number(count), firstDueMs: Number(first) }));
  }

  /** Oldest registrations first, so that a limit leaves out the same ones each time. */
  peers(limit: number): Promise<PeerStanding[]> {
    const select = { name: true, iss: true, ackedSeq: true, lastSeenMs: true, unreachableSinceMs: true } as const;
    return this.db.manager.find(Peer, { select, order: { id: 'ASC' }, take: limit });
  }

  async catalogSeq(): Promise<number> {
    return (await this.db.manager.findOneBy(CatalogClock, { id: 1 }))?.seq ?? 0;
  }
}
