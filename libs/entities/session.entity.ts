import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** A sign-in. Access tokens name it, so that deleting the row revokes them at once. */
@Entity('session')
export class Session {
  @PrimaryColumn({ type: 'varchar', length: 32 }) id!: string;
  @Index('ix_session_user') @Column({ type: 'integer' }) userId!: number;
  /** SHA-256 of the refresh token in use. */
  @Column({ type: 'varchar', length: 64 }) refreshHash!: string;
  /** SHA-256 of the one before: two tabs may refresh at once; later it is theft. */
  @Column({ type: 'varchar', length: 64, nullable: true }) previousHash!: string | null;
  @BigIntColumn({ nullable: true }) rotatedMs!: number | null;
  @BigIntColumn() createdMs!: number;
  @BigIntColumn() lastUsedMs!: number;
  @Index('ix_session_expires') @BigIntColumn() expiresMs!: number;
  @Column({ type: 'varchar', length: 64 }) address!: string;
  @Column({ type: 'varchar', length: 255, nullable: true }) userAgent!: string | null;
}
