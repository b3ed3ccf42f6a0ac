import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn, BytesColumn, HexIdColumn } from '#libs/platform/database/columns.js';

/** A request that its client may send again, and how it was answered. */
@Entity('idempotency_key')
export class IdempotencyKey {
  /** Of the caller and the key they chose, hashed. */
  @PrimaryColumn({ type: 'varchar', length: 64 }) id!: string;
  /** What was asked for, as a keyed hash: bodies have passwords in them. */
  @Column({ type: 'varchar', length: 64 }) fingerprint!: string;
  /** The request that is at it, or was. */
  @HexIdColumn() claim!: string;
  /** Null while it runs. */
  @Column({ type: 'integer', nullable: true }) status!: number | null;
  /** JSON, encrypted: answers can have secrets in them. */
  @BytesColumn({ nullable: true }) answer!: Buffer | null;
  @Index('ix_idempotency_key_expires') @BigIntColumn() expiresMs!: number;
}
