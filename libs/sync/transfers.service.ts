import { Injectable } from '@nestjs/common';
import { AuditTrail } from '#libs/audit/audit-trail.js';
import type { Transfer } from '#libs/entities/transfer.entity.js';
import { PackageRepository } from '#libs/packages/package.repository.js';
import { ContentWanted } from '#libs/packages/packages.jobs.js';
import { Clock } from '#libs/platform/clock.js';
import { Database } from '#libs/platform/database/database.js';
import { DomainError } from '#libs/platform/errors/domain-error.js';
import { Jobs } from '#libs/platform/jobs/jobs.js';
import { PeerRepository } from '#libs/registration/peer.repository.js';
import { TransferRepository } from './transfer.repository.js';

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

  list(limit: number): Promise<Transfer[]> {
    return this.transfers.findRecent(limit);
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

  /** Goes on now, whatever the back-off says; also after a cancel. */
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

  /** Stops until somebody retries it; what was fetched is removed. */
  async cancel(id: number): Promise<Transfer> {
    return this.db.transaction(async () => {
      const transfer = await this.unfinished(id);
      const change = {
        state: 'cancelled' as const,
        updatedMs: this.clock.now(),
        verified: null,
        verifiedBytes: 0,
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
    if (transfer.state === 'done') throw new TransferEnded();
    return transfer;
  }
}
