import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';
import type { Stage } from '#libs/replication/stage.js';

/**
 * What this server has of a package: `Public` held and served; `Downloading` being fetched; `Waiting` wanted, no
 * source yet; `Withdrawn` not admitted at this server's stage; `Failed` wanted, and fetching needs a look;
 * `Quarantined` found damaged on disk; `Deleted` a tombstone.
 */
export const packageStatuses = ['Public', 'Downloading', 'Waiting', 'Withdrawn', 'Failed', 'Quarantined', 'Deleted'] as const;
export type PackageStatus = (typeof packageStatuses)[number];

/** Admitted here, and not here. */
export const wantedStatuses: readonly PackageStatus[] = ['Waiting', 'Downloading', 'Failed', 'Quarantined'];

/** A catalog entry (docs/mesh.md §2), one per filename, with the state of its content on this server. */
@Entity('package')
@Index('ix_package_status', ['status'])
@Index('ix_package_created', ['createdMs'])
@Index('ix_package_size', ['size'])
@Index('ix_package_space', ['space', 'seq', 'servedUuid'])
export class Package {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  /** Public name, Unicode NFC. */
  @Column({ type: 'varchar', length: 255 }) filename!: string;
  /** The name case-folded: macOS and Windows shares ignore case. */
  @Index('uq_package_filename_key', { unique: true })
  @Column({ type: 'varchar', length: 510 })
  filenameKey!: string;
  @Index('ix_package_uuid') @HexIdColumn() uuid!: string;
  /** Which catalog the name is in: '' is the share. */
  @Column({ type: 'varchar', length: 16, default: '' }) space!: string;
  /** The greatest stamp of its parts. */
  @BigIntColumn() stampWallMs!: number;
  @Column({ type: 'integer' }) stampCounter!: number;
  @HexIdColumn() stampIss!: string;
  @Column({ type: 'boolean' }) deleted!: boolean;
  /** Bytes. */
  @BigIntColumn() size!: number;
  @Column({ type: 'varchar', length: 40 }) sha1!: string;
  @Column({ type: 'varchar', length: 64 }) sha256!: string;
  @Column({ type: 'varchar', length: 64 }) manifestSha256!: string;
  @Column({ type: 'varchar', length: 4 }) stage!: Stage;
  @Column({ type: 'text', nullable: true }) notes!: string | null;
  @BigIntColumn() createdMs!: number;
  /** The Last-Modified of what is served: its creation, and at least a second after that of what was served before; 0 when nothing was. */
  @BigIntColumn({ default: 0 }) lastModifiedMs!: number;
  @HexIdColumn() originIss!: string;
  /** Stamps of the parts, as `stampText` writes them; of the deletion null when the name was never deleted. */
  @Column({ type: 'varchar', length: 57, default: '' }) contentStamp!: string;
  @Column({ type: 'varchar', length: 57, default: '' }) stageStamp!: string;
  @Column({ type: 'varchar', length: 57, default: '' }) notesStamp!: string;
  @Column({ type: 'varchar', length: 57, nullable: true }) deletionStamp!: string | null;
  /** The signed writes of the parts as they came, JSON; null for an entry that was written as one record. */
  @Column({ type: 'text', nullable: true }) writes!: string | null;
  /** This server's own number of the last change of this entry (MESH §3). */
  @Index('uq_package_seq', { unique: true }) @BigIntColumn() seq!: number;
  @Column({ type: 'varchar', length: 12 }) status!: PackageStatus;
  /** The content that downloads get under this name: an earlier one while its replacement is on its way; null for none. */
  @HexIdColumn({ nullable: true }) servedUuid!: string | null;
  @BigIntColumn() updatedMs!: number;
}
