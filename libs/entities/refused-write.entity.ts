import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';
import type { RefusalCode } from '#libs/replication/refusal.js';

/** Something that a peer sent and that was not merged. */
@Entity('refused_write')
@Index('ix_refused_write_code', ['code'])
export class RefusedWrite {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  /** SHA-256 over sender, code and writes: the same refusal is kept once. */
  @Index('uq_refused_write_digest', { unique: true }) @Column({ type: 'varchar', length: 64 }) digest!: string;
  @HexIdColumn() peerIss!: string;
  @Column({ type: 'varchar', length: 100 }) peerName!: string;
  /** As far as it could be read; empty when it could not. */
  @Column({ type: 'varchar', length: 255 }) filename!: string;
  @HexIdColumn({ nullable: true }) authorIss!: string | null;
  @Column({ type: 'varchar', length: 20 }) code!: RefusalCode;
  /** A sentence for people. */
  @Column({ type: 'text' }) reason!: string;
  /** The refused writes of the name as they came, JSON; null when they could not be read. */
  @Column({ type: 'text', nullable: true }) writes!: string | null;
  @BigIntColumn() receivedMs!: number;
}
