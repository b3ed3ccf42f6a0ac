import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Transfer } from '#libs/entities/transfer.entity.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { requireStages } from '#libs/packages/stage-limit.js';
import { ContentWanted } from '#libs/packages/packages.jobs.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { DomainError } from '#libs/platform/errors/domain-error.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PeerRepository } from '#libs/peers/peer.repository.js';
import { type TransferFilter, type TransferPosition, TransferRepository } from './transfer.repository.js';

export interface TransferPage {
  readonly rows: readonly Transfer[];
  readonly total: number;
  /** Where the next page begins; null on the last one. */
  readonly last: TransferPosition | null;
}

export class TransferNotFound extends DomainError {
  readonly code = 'transfer-not-found';
  readonly status = 404;
  constructor(id: number) {
    super(`There is no transfer ${id}.`);
  }
}

export class TransferEnded extends DomainError {
  readonly code = 'transfer-ended';
  readonly status = 409;
  constructor() {
    super('This transfer has ended: the package is here.');
  }
}

/** What people do with transfers. */
@Injectable()
export class TransfersService {
  constructor(
    private readonly transfers: TransferRepository,
    private readonly packages: PackageRepository,
    private readonly peers: PeerRepository,
    private readonly db: Database,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    private readonly clock: Clock,
  ) {}

  async list(filter: TransferFilter, after: TransferPosition | null, limit: number): Promise<TransferPage> {
    const found = await this.transfers.findPage(filter, after, limit + 1);
    const rows = found.slice(0, limit);
    return { rows, total: await this.transfers.count(filter), last: found.length > limit ? (rows.at(-1) ?? null) : null };
  }

  listActive(limit: number): Promise<Transfer[]> {
    return this.transfers.findActive(limit);
  }

  async get(id: number): Promise<Transfer> {
    const transfer = await this.transfers.findById(id);
    if (!transfer) throw new TransferNotFound(id);
    return transfer;
  }

  async sourceNames(): Promise<Map<string, string>> {
    return new Map((await this.peers.findAll()).map(({ iss, name }) => [iss, name]));
  }

  /** Resumes now, whatever the back-off says; also after a cancel. */
  async retry(id: number): Promise<Transfer> {
    return this.db.transaction(async () => {
      const transfer = await this.unfinished(id);
      const change = { state: 'queued' as const, updatedMs: this.clock.now(), errorCode: null, lastError: null };
      await this.transfers.setState(id, change);
      await this.packages.setStatus(transfer.uuid, 'Waiting', change.updatedMs);
      await this.jobs.add(ContentWanted, { uuid: transfer.uuid }, { key: transfer.uuid, now: true });
      await this.audit.record({ action: 'transfer.retried', subject: transfer.filename });
      return { ...transfer, ...change };
    });
  }

  /** Stops until it is retried; what was fetched is removed. */
  async cancel(id: number): Promise<Transfer> {
    return this.db.transaction(async () => {
      const transfer = await this.unfinished(id);
      const change = {
        state: 'cancelled' as const,
        updatedMs: this.clock.now(),
        verified: null,
        verifiedBytes: 0,
        receivedBytes: 0,
        errorCode: 'cancelled',
        lastError: 'Cancelled by an administrator.',
      };
      await this.transfers.setState(id, change);
      await this.packages.setStatus(transfer.uuid, 'Failed', change.updatedMs);
      await this.jobs.add(ContentWanted, { uuid: transfer.uuid }, { key: transfer.uuid, now: true });
      await this.audit.record({ action: 'transfer.cancelled', subject: transfer.filename });
      return { ...transfer, ...change };
    });
  }

  private async unfinished(id: number): Promise<Transfer> {
    const transfer = await this.get(id);
    const row = await this.packages.findByUuid(transfer.uuid);
    if (row) requireStages(row.stage);
    if (transfer.state === 'done') throw new TransferEnded();
    return transfer;
  }
}
