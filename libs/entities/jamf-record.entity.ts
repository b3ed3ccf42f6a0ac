import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';

/**
 * How a package and its record in Jamf Pro compare. in_step: nothing to do. waiting_content: the content is not where it has to be first.
 * waiting_digest: its hash is being computed. to_create, to_update: what writing would do. edited_hash: the record carries a hash that was
 * not written from here. conflict: several records have the file name. missing_in_jamf: the record was deleted there. orphan: a record that was kept, whose
 * package is gone or not mapped any more. failed: writing did not succeed.
 */
export const jamfRecordStates = [
  ...(['in_step', 'waiting_content', 'waiting_digest', 'to_create', 'to_update', 'edited_hash', 'conflict', 'missing_in_jamf'] as const),
  ...(['orphan', 'failed'] as const),
] as const;
export type JamfRecordState = (typeof jamfRecordStates)[number];

/** One package and its record in Jamf Pro, as they were last compared. */
@Entity('jamf_record')
export class JamfRecord {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'varchar', length: 255 }) filename!: string;
  @Index('uq_jamf_record_filename_key', { unique: true }) @Column({ type: 'varchar', length: 510 }) filenameKey!: string;
  /** Null: there is none, or several. */
  @Column({ type: 'varchar', length: 15, nullable: true }) jamfId!: string | null;
  @Column({ type: 'varchar', length: 255, nullable: true }) packageName!: string | null;
  /** The content that the record was last written for, or found right. */
  @HexIdColumn({ nullable: true }) uuid!: string | null;
  @Index('ix_jamf_record_state') @Column({ type: 'varchar', length: 16 }) state!: JamfRecordState;
  /** A sentence; empty when there is nothing to say. */
  @Column({ type: 'varchar', length: 500 }) reason!: string;
  /** In Jamf Pro, when it was last compared. */
  @Column({ type: 'varchar', length: 20, nullable: true }) hashType!: string | null;
  @Column({ type: 'varchar', length: 128, nullable: true }) hashValue!: string | null;
  /** The fields that concern this server in the record in Jamf Pro when it was last written from here, or taken over; JSON; null before. */
  @Column({ type: 'text', nullable: true }) base!: string | null;
  /** What the rules wanted in it then; JSON; null before. */
  @Column({ type: 'text', nullable: true }) wanted!: string | null;
  /** Names of fields that an administrator changed in Jamf Pro, which stay as they are; a JSON list. */
  @Column({ type: 'text' }) pinned!: string;
  /** Whether the record was there before this server knew of it. */
  @Column({ type: 'boolean' }) adopted!: boolean;
  @BigIntColumn() checkedMs!: number;
  @BigIntColumn({ nullable: true }) writtenMs!: number | null;
}
