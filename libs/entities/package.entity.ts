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

/** A catalog entry (MESH §2), one per filename, with the state of its content on this server. */
@Entity('package')
@Index('ix_package_status', ['status'])
@Index('ix_package_created', ['createdMs'])
@Index('ix_package_size', ['size'])
export class Package {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  /** Public name, Unicode NFC. */
  @Column({ type: 'varchar', length: 255 }) filename!: string;
  /** The name case-folded: macOS and Windows shares do not tell case apart. */
  @Index('uq_package_filename_key', { unique: true })
  @Column({ type: 'varchar', length: 510 })
  filenameKey!: string;
  @Index('ix_package_uuid') @HexIdColumn() uuid!: string;
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
  @HexIdColumn() originIss!: string;
  /** This server's own number of the last change of this entry (MESH §3). */
  @Index('uq_package_seq', { unique: true }) @BigIntColumn() seq!: number;
  @Column({ type: 'varchar', length: 12 }) status!: PackageStatus;
  @BigIntColumn() updatedMs!: number;
}
