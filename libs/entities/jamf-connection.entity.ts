import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** client: an API client with its secret. user: an account of Jamf Pro with its password. */
export const jamfAuths = ['client', 'user'] as const;
export type JamfAuth = (typeof jamfAuths)[number];

/** watch: package records are compared and nothing is written. write: they are kept in step. */
export const jamfModes = ['watch', 'write'] as const;
export type JamfMode = (typeof jamfModes)[number];

/** Kinds of hashes that a package record can carry, as Jamf Pro names them, and that this server computes. */
export const jamfHashTypes = ['SHA_512', 'MD5', 'SHA3_512'] as const;
export type JamfHashType = (typeof jamfHashTypes)[number];

/** When a record is written for a new content. here: this server has it. all_servers: every server that admits it is known to have it. */
export const jamfGates = ['here', 'all_servers'] as const;
export type JamfGate = (typeof jamfGates)[number];

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
  @Column({ type: 'varchar', length: 10, default: 'watch' }) mode!: JamfMode;
  @Column({ type: 'varchar', length: 10, default: 'SHA_512' }) hashType!: JamfHashType;
  @Column({ type: 'varchar', length: 12, default: 'here' }) gate!: JamfGate;
  /** Whether packages that have no record get one. */
  @Column({ type: 'boolean', default: true }) createMissing!: boolean;
  /** When all records were last compared, to the end; null when they never were. */
  @BigIntColumn({ nullable: true }) comparedMs!: number | null;
  /** Since when Jamf Pro has not answered comparisons as it should; null when it does. */
  @BigIntColumn({ nullable: true }) failingSinceMs!: number | null;
  /** Whether distribution points are kept from here too. */
  @Column({ type: 'boolean', default: false }) managePoints!: boolean;
  /** When distribution points were last read; null when they never were. */
  @BigIntColumn({ nullable: true }) pointsMs!: number | null;
  /** Why they could not be read the last time; null when they could. */
  @Column({ type: 'varchar', length: 500, nullable: true }) pointsFault!: string | null;
  /** The same of network segments. */
  @BigIntColumn({ nullable: true }) networksMs!: number | null;
  @Column({ type: 'varchar', length: 500, nullable: true }) networksFault!: string | null;
  /** Of the servers that are connected with this Jamf Pro server the one with the lowest comes first. */
  @Column({ type: 'integer', default: 100 }) priority!: number;
  /** When this server last found that it could write; null when something here stands in the way. */
  @BigIntColumn({ nullable: true }) readyMs!: number | null;
  /** From when on this server writes; null while another one comes first. */
  @BigIntColumn({ nullable: true }) leadsFromMs!: number | null;
  /** When this server last looked which one comes first; null when it never did. */
  @BigIntColumn({ nullable: true }) lookedMs!: number | null;
  /** Which one came first then; empty for none, null when that was never looked at. */
  @Column({ type: 'varchar', length: 32, nullable: true }) leaderIss!: string | null;
}
