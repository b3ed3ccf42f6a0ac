import { Injectable } from '@nestjs/common';
import { IsNull, MoreThan, Not } from 'typeorm';
import { BackupState } from '#libs/entities/backup-state.entity.js';
import { CatalogClock } from '#libs/entities/catalog-clock.entity.js';
import { Content } from '#libs/entities/content.entity.js';
import { ContentCopies } from '#libs/entities/content-copies.entity.js';
import { JamfCheck, type JamfCheckState } from '#libs/entities/jamf-check.entity.js';
import { JamfConnection } from '#libs/entities/jamf-connection.entity.js';
import { JamfRecord, type JamfRecordState } from '#libs/entities/jamf-record.entity.js';
import { Job, type JobState } from '#libs/entities/job.entity.js';
import { Package, type PackageStatus } from '#libs/entities/package.entity.js';
import { PeerClock } from '#libs/entities/peer-clock.entity.js';
import { Peer } from '#libs/entities/peer.entity.js';
import { Transfer, type TransferState } from '#libs/entities/transfer.entity.js';
import { Database } from '#libs/platform/database/database.js';

/** Sums come as text from some databases. */
type Figure = number | string | null;

export interface PeerStatus {
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
      .where("package.space = ''")
      .groupBy('package.status')
      .getRawMany<{ status: PackageStatus; count: Figure; bytes: Figure }>();
    return rows.map(({ status, count, bytes }) => ({ status, count: Number(count), bytes: Number(bytes) }));
  }

  /** Packages that have no verified copy in the mesh, one, or several. */
  async copies(): Promise<{ state: 'none' | 'one' | 'several'; count: number }[]> {
    const { manager } = this.db;
    return [
      { state: 'none', count: await manager.countBy(ContentCopies, { copies: 0 }) },
      { state: 'one', count: await manager.countBy(ContentCopies, { copies: 1 }) },
      { state: 'several', count: await manager.countBy(ContentCopies, { copies: MoreThan(1) }) },
    ];
  }

  /** Contents on disk of which the root, or the digests that their author gave, are not computed here yet. */
  async uncheckedContents(): Promise<{ root: number; digests: number }> {
    const state = Not('absent' as const);
    const [root, digests] = await Promise.all([
      this.db.manager.countBy(Content, { state, rootHash: IsNull() }),
      this.db.manager.countBy(Content, { state, digestsUnverified: true }),
    ]);
    return { root, digests };
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
  peers(limit: number): Promise<PeerStatus[]> {
    const select = { name: true, iss: true, ackedSeq: true, lastSeenMs: true, unreachableSinceMs: true } as const;
    return this.db.manager.find(Peer, { select, order: { id: 'ASC' }, take: limit });
  }

  peerClocks(): Promise<PeerClock[]> {
    return this.db.manager.find(PeerClock);
  }

  async catalogSeq(): Promise<number> {
    return (await this.db.manager.findOneBy(CatalogClock, { id: 1 }))?.seq ?? 0;
  }

  /** When scheduled backups last succeeded and failed. */
  async backups(): Promise<{ succeededMs: number | null; failedMs: number | null }> {
    const row = await this.db.manager.findOneBy(BackupState, { id: 1 });
    return { succeededMs: row?.succeededMs ?? null, failedMs: row?.failedMs ?? null };
  }

  jamfConnection(): Promise<JamfConnection | null> {
    return this.db.manager.findOneBy(JamfConnection, { id: 1 });
  }

  /** How many records and checks are in which state. */
  async jamf(): Promise<{ records: StateCount<JamfRecordState>[]; checks: StateCount<JamfCheckState>[] }> {
    const records = await this.countByState<JamfRecordState>(JamfRecord);
    return { records, checks: await this.countByState<JamfCheckState>(JamfCheck) };
  }

  private async countByState<State extends string>(entity: new () => { state: State }): Promise<StateCount<State>[]> {
    const rows = await this.db.manager
      .createQueryBuilder(entity, 'row')
      .select('row.state', 'state')
      .addSelect('COUNT(*)', 'count')
      .groupBy('row.state')
      .getRawMany<{ state: State; count: Figure }>();
    return rows.map(({ state, count }) => ({ state, count: Number(count) }));
  }
}

interface StateCount<State> {
  readonly state: State;
  readonly count: number;
}
