import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';
import type { Role } from './user.entity.js';

/** What a program calls the admin API with. Deleting the row revokes it at once. */
@Entity('api_token')
export class ApiToken {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'varchar', length: 100 }) name!: string;
  /** Names are unique without case: the audit trail identifies programs by them. */
  @Index('uq_api_token_name_key', { unique: true }) @Column({ type: 'varchar', length: 200 }) nameKey!: string;
  /** SHA-256 of the secret, which has 256 random bits; it does not open anything. */
  @Index('uq_api_token_secret_hash', { unique: true }) @Column({ type: 'varchar', length: 64 }) secretHash!: string;
  /** The first characters of the secret, by which its owner knows it again. */
  @Column({ type: 'varchar', length: 12 }) hint!: string;
  @Column({ type: 'varchar', length: 10 }) role!: Role;
  /** The stages it may upload, promote and demote to and from, separated by commas; null for all. */
  @Column({ type: 'varchar', length: 40, nullable: true }) stages!: string | null;
  @BigIntColumn({ nullable: true }) expiresMs!: number | null;
  @BigIntColumn() createdMs!: number;
  /** The account that it belongs to and ends with; null for one whose account is gone, which is good for nothing. */
  @Column({ type: 'integer', nullable: true }) accountId!: number | null;
  /** The name of the user or token that made it. */
  @Column({ type: 'varchar', length: 128 }) createdBy!: string;
  @BigIntColumn({ nullable: true }) lastUsedMs!: number | null;
}
