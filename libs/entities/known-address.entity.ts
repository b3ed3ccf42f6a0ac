import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** An address from which an account was signed in to: failed sign-ins from other addresses do not lock it out. */
@Entity('known_address')
export class KnownAddress {
  /** SHA-256 of address and account name. */
  @PrimaryColumn({ type: 'varchar', length: 64 }) id!: string;
  @Index('ix_known_address_user') @Column({ type: 'integer' }) userId!: number;
  @Index('ix_known_address_last') @BigIntColumn() lastMs!: number;
}
