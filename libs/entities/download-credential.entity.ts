import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** A user name and a secret with which managed computers download where that needs one: HTTP Basic, as Jamf Pro and Munki have it. */
@Entity('download_credential')
export class DownloadCredential {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  /** For people: what has it. */
  @Column({ type: 'varchar', length: 100 }) name!: string;
  @Index('uq_download_credential_username', { unique: true }) @Column({ type: 'varchar', length: 64 }) username!: string;
  /** In hexadecimal digits. The secret has 192 random bits: there is nothing to guess, and so nothing to slow down. */
  @Column({ type: 'varchar', length: 64 }) secretSha256!: string;
  @BigIntColumn() createdMs!: number;
  /** To the minute; null before the first download. */
  @BigIntColumn({ nullable: true }) lastUsedMs!: number | null;
}
