import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** Failed sign-ins of one account or one address, so that guessing slows down on every replica. */
@Entity('login_attempt')
export class LoginAttempt {
  /** `account:…` or `address:…`, hashed. */
  @PrimaryColumn({ type: 'varchar', length: 64 }) id!: string;
  @Column({ type: 'integer' }) failures!: number;
  @Index('ix_login_attempt_last') @BigIntColumn() lastMs!: number;
  @BigIntColumn() blockedUntilMs!: number;
}
