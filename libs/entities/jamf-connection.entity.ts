import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** client: an API client with its secret. user: an account of Jamf Pro with its password. */
export const jamfAuths = ['client', 'user'] as const;
export type JamfAuth = (typeof jamfAuths)[number];

/** The Jamf Pro server that this server is connected with: at most one row, id 1. */
@Entity('jamf_connection')
export class JamfConnection {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  /** An origin. */
  @Column({ type: 'varchar', length: 255 }) url!: string;
  @Column({ type: 'varchar', length: 10 }) auth!: JamfAuth;
  /** Client id, or name of the account. */
  @Column({ type: 'varchar', length: 255 }) clientId!: string;
  /** Sealed. */
  @Column({ type: 'text' }) secret!: string;
  /** Of Jamf Pro when it last answered; null when it never did. */
  @Column({ type: 'varchar', length: 20, nullable: true }) version!: string | null;
  @BigIntColumn({ nullable: true }) lastOkMs!: number | null;
  /** Why the last contact failed; null when it did not. */
  @Column({ type: 'varchar', length: 500, nullable: true }) lastError!: string | null;
}
