import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';

/**
 * What a computer gets that downloads a package by a distribution point. waiting: not tried yet. right: the package, as far as it was read. expires_soon: the same,
 * and the certificate of the server ends within two weeks. dns, unreachable, tls: no answer, and where it failed. redirected, unauthorized, not_found, refused: another
 * answer. wrong_size, wrong_content: not the content of the catalog. wrong_hash: not the hash of the package record. no_record: there is no record to compare it with.
 */
export const jamfCheckStates = [
  ...(['waiting', 'right', 'expires_soon', 'dns', 'unreachable', 'tls', 'redirected', 'unauthorized', 'not_found', 'refused'] as const),
  ...(['wrong_size', 'wrong_content', 'wrong_hash', 'no_record'] as const),
] as const;
export type JamfCheckState = (typeof jamfCheckStates)[number];

/** head: the first byte and the headers. whole: everything, with the hash of the package record. */
export const jamfCheckDepths = ['head', 'whole'] as const;
export type JamfCheckDepth = (typeof jamfCheckDepths)[number];

/** One package at one distribution point, as a computer would get it. */
@Entity('jamf_check')
@Index('uq_jamf_check_place', ['iss', 'filenameKey'], { unique: true })
export class JamfCheck {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @HexIdColumn() iss!: string;
  @Column({ type: 'varchar', length: 255 }) filename!: string;
  @Column({ type: 'varchar', length: 510 }) filenameKey!: string;
  /** The content that was looked for. */
  @HexIdColumn() uuid!: string;
  @Index('ix_jamf_check_state') @Column({ type: 'varchar', length: 16 }) state!: JamfCheckState;
  /** A sentence; empty when there is nothing to say. */
  @Column({ type: 'varchar', length: 500 }) detail!: string;
  @BigIntColumn({ nullable: true }) checkedMs!: number | null;
  /** When it was last read whole; null: never. */
  @BigIntColumn({ nullable: true }) wholeMs!: number | null;
  /** Bytes per second when it was last read whole. */
  @BigIntColumn({ nullable: true }) rate!: number | null;
  /** What an administrator asked for, and has not been done; null: nothing. */
  @Column({ type: 'varchar', length: 5, nullable: true }) asked!: JamfCheckDepth | null;
  @BigIntColumn({ nullable: true }) askedMs!: number | null;
}
