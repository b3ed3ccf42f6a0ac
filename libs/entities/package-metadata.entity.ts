import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

export const inspectionStates = ['waiting', 'done', 'unknown_kind', 'refused', 'damaged', 'timed_out'] as const;
export type InspectionState = (typeof inspectionStates)[number];

/**
 * `valid`: made by the first certificate of a chain that holds together. `incomplete`: right, and the chain does not lead to a root.
 * `broken`: it does not match the file. `present`: there is one, and this server does not verify this kind.
 */
export type SignatureState = 'unsigned' | 'valid' | 'incomplete' | 'broken' | 'present';

/** What this server read in a content that it holds. */
@Entity('package_metadata')
export class PackageMetadata {
  @PrimaryColumn({ type: 'varchar', length: 32 }) uuid!: string;
  /** Version of the parser that read it; an earlier one reads it again. */
  @Column({ type: 'integer' }) parser!: number;
  @Column({ type: 'varchar', length: 16 }) state!: InspectionState;
  @Column({ type: 'varchar', length: 32, nullable: true }) kind!: string | null;
  @Index('ix_package_metadata_title_key') @Column({ type: 'varchar', length: 255, nullable: true }) titleKey!: string | null;
  @Column({ type: 'varchar', length: 500, nullable: true }) title!: string | null;
  /** The title, folded as filenames are (`filenameKey`), to be searched. */
  @Column({ type: 'varchar', length: 500, nullable: true }) titleFolded!: string | null;
  @Column({ type: 'varchar', length: 100, nullable: true }) version!: string | null;
  /** The common name of the signer; null with the team when the signature does not match the file. */
  @Column({ type: 'varchar', length: 200, nullable: true }) signer!: string | null;
  @Index('ix_package_metadata_team_id') @Column({ type: 'varchar', length: 10, nullable: true }) teamId!: string | null;
  @Column({ type: 'varchar', length: 16, nullable: true }) signature!: SignatureState | null;
  /** What a verified chain of certificates ends in: `apple`, or the SHA-256 of its root. */
  @Column({ type: 'varchar', length: 64, nullable: true }) anchor!: string | null;
  /** The whole answer, or the reason; JSON of at most 64 KiB. */
  @Column({ type: 'text' }) json!: string;
  /** How long it took, in milliseconds. */
  @BigIntColumn() ms!: number;
  /** How often in a row it was ended for taking too long. */
  @Column({ type: 'integer', default: 0 }) overruns!: number;
}
