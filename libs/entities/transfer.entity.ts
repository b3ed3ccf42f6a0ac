import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, BytesColumn, HexIdColumn } from '#libs/platform/database/columns.js';

/** `queued` wants to run; `active` is fetching; `receiving` is pushed here by a firewalled peer; `waiting` no source or no room now; `failed` needs a look; `cancelled` by an administrator; `done`. */
export const transferStates = ['queued', 'active', 'receiving', 'waiting', 'failed', 'cancelled', 'done'] as const;
export type TransferState = (typeof transferStates)[number];

/** Bytes that are here, verified or not yet. */
export const receivedBytesOf = ({ verifiedBytes, receivedBytes }: Pick<Transfer, 'verifiedBytes' | 'receivedBytes'>): number =>
  Math.max(verifiedBytes, receivedBytes ?? 0);

/** Content on its way to this server (MESH §6.1). The row is authoritative; the queue only triggers a check of it. */
@Entity('transfer')
export class Transfer {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @Index('uq_transfer_uuid', { unique: true }) @HexIdColumn() uuid!: string;
  @Column({ type: 'varchar', length: 255 }) filename!: string;
  /** Bytes. */
  @BigIntColumn() size!: number;
  @Index('ix_transfer_state') @Column({ type: 'varchar', length: 10 }) state!: TransferState;
  /** One bit a block, lowest bit first: verified and written to the staging file. */
  @BytesColumn({ nullable: true }) verified!: Buffer | null;
  @BigIntColumn() verifiedBytes!: number;
  /** With what has come of blocks that are not whole; null when that is not known. */
  @BigIntColumn({ nullable: true }) receivedBytes!: number | null;
  @Column({ type: 'integer' }) attempts!: number;
  @Column({ type: 'varchar', length: 60, nullable: true }) errorCode!: string | null;
  @Column({ type: 'text', nullable: true }) lastError!: string | null;
  /** The peer that last gave a block. */
  @HexIdColumn({ nullable: true }) sourceIss!: string | null;
  @BigIntColumn() createdMs!: number;
  @BigIntColumn({ nullable: true }) startedMs!: number | null;
  @BigIntColumn({ nullable: true }) finishedMs!: number | null;
  @BigIntColumn() updatedMs!: number;
}
