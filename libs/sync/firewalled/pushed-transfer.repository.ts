import { Injectable } from '@nestjs/common';
import { Not } from 'typeorm';
import { Transfer } from '#libs/entities/transfer.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { blockCount, BlockMap } from '#libs/replication/blocks.js';

type Goal = Pick<Transfer, 'uuid' | 'filename' | 'size'>;

const nothing = { verified: null, verifiedBytes: 0, receivedBytes: 0, errorCode: null, lastError: null, finishedMs: null } as const;

/** Without a block for this long, a transfer that fetches makes way for one that is pushed. Milliseconds. */
const IDLE_MS = 700;

export const isGettingOn = ({ state, updatedMs }: Transfer, now: number): boolean => state === 'active' && now - updatedMs < IDLE_MS;

/** Queries on transfers whose blocks a peer pushes here. */
@Injectable()
export class PushedTransferRepository {
  constructor(private readonly db: Database) {}

  /** The transfer as one that is pushed; null while it fetches and makes progress, or after it was cancelled. Call it in a transaction. */
  async begin({ uuid, filename, size }: Goal, sourceIss: string, now: number): Promise<Transfer | null> {
    const fresh = { uuid, filename, size, ...nothing, state: 'receiving' as const, attempts: 0, sourceIss };
    const times = { createdMs: now, startedMs: now, updatedMs: now };
    // One statement decides: two of its blocks may arrive first.
    await this.db.insertNew(Transfer, [{ ...fresh, ...times }]);
    const row = await this.lock(uuid);
    if (!row || row.state === 'cancelled' || isGettingOn(row, now)) return null;
    if (row.state === 'receiving') return row;
    const change = {
      state: 'receiving' as const,
      sourceIss,
      updatedMs: now,
      startedMs: row.startedMs ?? now,
      ...(row.state === 'done' ? nothing : {}),
    };
    await this.db.manager.update(Transfer, { uuid }, change);
    return { ...row, ...change };
  }

  /** Writes down blocks that are verified and in the file; null when the transfer is not one that is pushed any more. In a transaction. */
  async add({ uuid, size }: Goal, blocks: readonly number[], sourceIss: string, updatedMs: number): Promise<BlockMap | null> {
    const row = await this.lock(uuid);
    if (row?.state !== 'receiving') return null;
    const verified = BlockMap.from(blockCount(size), row.verified);
    for (const block of blocks) verified.add(block);
    const verifiedBytes = verified.bytesOf(size);
    const progress = { verified: verified.toBuffer(), verifiedBytes, receivedBytes: verifiedBytes, sourceIss, updatedMs };
    await this.db.manager.update(Transfer, { uuid }, progress);
    return verified;
  }

  async complain(uuid: string, errorCode: string, lastError: string, updatedMs: number): Promise<void> {
    await this.db.manager.update(Transfer, { uuid, state: Not('cancelled') }, { errorCode, lastError, updatedMs });
  }

  private lock(uuid: string): Promise<Transfer | null> {
    return this.db.manager.findOne(Transfer, { where: { uuid }, ...this.db.forUpdate });
  }
}
