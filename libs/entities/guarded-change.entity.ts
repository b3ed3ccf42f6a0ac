import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';
import type { DestructiveKind } from '#libs/replication/mass-change-policy.js';

/** A destructive change that was made here within the guard's window, or that a peer sent and that waits for an administrator. */
@Entity('removal')
@Index('ix_removal_at', ['atMs'])
export class GuardedChange {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'varchar', length: 255 }) filename!: string;
  /** Set while it is held, so that each name is held once; null when it was made. */
  @Index('uq_removal_held_key', { unique: true })
  @Column({ type: 'varchar', length: 510, nullable: true })
  heldKey!: string | null;
  @Column({ type: 'varchar', length: 8 }) kind!: DestructiveKind;
  /** Whether it was made at this server, not sent by a peer. */
  @Column({ type: 'boolean' }) isOwn!: boolean;
  /** The peer that sent it; null when it was made. */
  @HexIdColumn({ nullable: true }) peerIss!: string | null;
  /** The entry as it came (MESH §2), JSON; null when it was made. */
  @Column({ type: 'text', nullable: true }) entry!: string | null;
  @BigIntColumn() atMs!: number;
}
