import { Injectable } from '@nestjs/common';
import { In, LessThan, MoreThan, Not, type SelectQueryBuilder } from 'typeorm';
import { Package } from '#libs/entities/package.entity.js';
import { Transfer, type TransferState } from '#libs/entities/transfer.entity.js';
import { Database } from '#libs/platform/database/database.js';

export type TransferGoal = Pick<Transfer, 'uuid' | 'filename' | 'size'>;

export interface TransferFilter {
  readonly states?: readonly TransferState[];
  readonly uuid?: string;
}

/** Where the page before ended. */
export type TransferPosition = Pick<Transfer, 'updatedMs' | 'id'>;

type TransferProgress = Pick<Transfer, 'verified' | 'verifiedBytes' | 'receivedBytes' | 'sourceIss' | 'updatedMs'>;

/** Nothing comes in. */
const standing: readonly TransferState[] = ['queued', 'waiting', 'failed', 'cancelled'];

/** Every query on transfers. */
@Injectable()
export class TransferRepository {
  constructor(private readonly db: Database) {}

  find(uuid: string): Promise<Transfer | null> {
    return this.db.manager.findOneBy(Transfer, { uuid });
  }

  findById(id: number): Promise<Transfer | null> {
    return this.db.manager.findOneBy(Transfer, { id });
  }

  /** Which of these an administrator has cancelled. */
  async findCancelled(uuids: readonly string[]): Promise<Set<string>> {
    if (uuids.length === 0) return new Set();
    const rows = await this.db.manager.find(Transfer, { select: { uuid: true }, where: { uuid: In(uuids), state: 'cancelled' } });
    return new Set(rows.map(({ uuid }) => uuid));
  }

  /** Those that changed last come first. */
  findPage(filter: TransferFilter, after: TransferPosition | null, limit: number): Promise<Transfer[]> {
    const query = this.filtered(filter).orderBy('transfer.updatedMs', 'DESC').addOrderBy('transfer.id', 'DESC').take(limit);
    if (after) query.andWhere('(transfer.updatedMs < :updatedMs OR (transfer.updatedMs = :updatedMs AND transfer.id < :id))', { ...after });
    return query.getMany();
  }

  count(filter: TransferFilter): Promise<number> {
    return this.filtered(filter).getCount();
  }

  private filtered({ states, uuid }: TransferFilter): SelectQueryBuilder<Transfer> {
    const query = this.db.manager.createQueryBuilder(Transfer, 'transfer').where('1 = 1');
    if (states !== undefined) query.andWhere('transfer.state IN (:...states)', { states });
    if (uuid !== undefined) query.andWhere('transfer.uuid = :uuid', { uuid });
    return query;
  }

  findActive(limit: number): Promise<Transfer[]> {
    return this.db.manager.find(Transfer, { where: { state: 'active' }, order: { id: 'ASC' }, take: limit });
  }

  /** Bytes that transfers under way will still need, those only that began before this one: two that do not fit together must not stop each other. */
  async promisedBefore(id: number): Promise<number> {
    const active = await this.db.manager.findBy(Transfer, { state: 'active', id: LessThan(id) });
    return active.reduce((sum, { size, verifiedBytes }) => sum + size - verifiedBytes, 0);
  }

  /** Creates the row of a transfer that begins, or updates that of one that resumes; null when it was cancelled. */
  async begin({ uuid, filename, size }: TransferGoal, now: number): Promise<Transfer | null> {
    const known = await this.find(uuid);
    const begun = {
      state: 'active' as const,
      startedMs: known?.startedMs ?? now,
      finishedMs: null,
      updatedMs: now,
      attempts: (known?.attempts ?? 0) + 1,
    };
    if (known) {
      const isAnew = known.state === 'done'; // it was here, and was lost
      const change = isAnew ? { ...begun, verified: null, verifiedBytes: 0, receivedBytes: 0, startedMs: now, attempts: 1 } : begun;
      const { affected } = await this.db.manager.update(Transfer, { uuid, state: Not('cancelled') }, change);
      return affected === 1 ? { ...known, ...change } : null;
    }
    const row = {
      uuid,
      filename,
      size,
      verified: null,
      verifiedBytes: 0,
      receivedBytes: 0,
      errorCode: null,
      lastError: null,
      sourceIss: null,
      createdMs: now,
      ...begun,
    };
    const { identifiers } = await this.db.manager.insert(Transfer, row);
    return { ...row, id: Number((identifiers[0] as { id: number }).id) };
  }

  /** Writes down that it is not its time. */
  async suspend({ uuid, filename, size }: TransferGoal, updatedMs: number, errorCode: string, lastError: string): Promise<void> {
    const why = { state: 'waiting' as const, errorCode, lastError, updatedMs };
    const { affected } = await this.db.manager.update(Transfer, { uuid, state: Not('cancelled') }, why);
    if (affected !== 0 || (await this.find(uuid))) return;
    const nothing = { verified: null, verifiedBytes: 0, receivedBytes: 0, attempts: 0, sourceIss: null, startedMs: null, finishedMs: null };
    await this.db.manager.insert(Transfer, { uuid, filename, size, ...nothing, ...why, createdMs: updatedMs });
  }

  /** Transfers that stand still for one of these reasons, in the order of their ids, from after `afterId`. */
  findWaitingFor(errorCodes: readonly string[], afterId: number, limit: number): Promise<Transfer[]> {
    return this.db.manager.find(Transfer, {
      where: { state: In(['waiting', 'failed']), errorCode: In(errorCodes), id: MoreThan(afterId) },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  /** Rows of transfers that are over already; within a transaction. */
  async insertDone(goals: readonly (TransferGoal & Pick<Transfer, 'sourceIss'>)[], now: number): Promise<void> {
    if (goals.length === 0) return;
    const uuids = goals.map(({ uuid }) => uuid);
    await this.db.manager.delete(Transfer, { uuid: In(uuids) });
    const rows = goals.map(({ uuid, filename, size, sourceIss }) => ({
      ...{ uuid, filename, size, sourceIss, attempts: 1, state: 'done' as const, verified: null, verifiedBytes: size, receivedBytes: size },
      ...{ errorCode: null, lastError: null, createdMs: now, startedMs: now, finishedMs: now, updatedMs: now },
    }));
    await this.db.insertRows(Transfer, rows);
  }

  /** Writes down what is verified; false when the transfer was cancelled meanwhile. */
  async checkpoint(uuid: string, progress: TransferProgress): Promise<boolean> {
    const { affected } = await this.db.manager.update(Transfer, { uuid, state: 'active' }, progress);
    return affected === 1;
  }

  async stateOf(uuid: string): Promise<TransferState | null> {
    return (await this.db.manager.findOne(Transfer, { select: { id: true, state: true }, where: { uuid } }))?.state ?? null;
  }

  async end(uuid: string, change: Pick<Transfer, 'state' | 'updatedMs'> & Partial<Transfer>): Promise<void> {
    await this.db.manager.update(Transfer, { uuid, state: Not('cancelled') }, change);
  }

  async setState(id: number, change: Pick<Transfer, 'state' | 'updatedMs'> & Partial<Transfer>): Promise<void> {
    await this.db.manager.update(Transfer, { id }, change);
  }

  async remove(uuid: string): Promise<void> {
    await this.db.manager.delete(Transfer, { uuid });
  }

  /** Forgets transfers that ended, or stand still, since before then, the latter where no package has the content any more. */
  async removeOld(beforeMs: number): Promise<void> {
    await this.db.manager.delete(Transfer, { state: 'done', finishedMs: LessThan(beforeMs) });
    const wanted = this.db.manager.createQueryBuilder(Package, 'package').select('package.uuid').where('package.deleted = :deleted');
    await this.db.manager
      .createQueryBuilder()
      .delete()
      .from(Transfer)
      .where({ state: In(standing), updatedMs: LessThan(beforeMs) })
      .andWhere(`uuid NOT IN (${wanted.getQuery()})`, { deleted: false })
      .execute();
  }
}
