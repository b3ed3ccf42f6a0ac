import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';
import type { VersionReason } from '#libs/replication/displaced-versions.js';

/** A content of a name that was replaced, deleted, or lost a conflict: kept to be listed and restored, wherever its bytes are. */
@Entity('package_version')
@Index('uq_package_version', ['filenameKey', 'stamp'], { unique: true })
export class PackageVersion {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'varchar', length: 510 }) filenameKey!: string;
  @Index('ix_package_version_uuid') @HexIdColumn() uuid!: string;
  /** Of its content write, as `stampText` writes it. */
  @Column({ type: 'varchar', length: 57 }) stamp!: string;
  @Column({ type: 'varchar', length: 10 }) reason!: VersionReason;
  /** The content write as it came, JSON. */
  @Column({ type: 'text' }) write!: string;
  /** When it was displaced, at the server that saw it first. */
  @Index('ix_package_version_since') @BigIntColumn() sinceMs!: number;
}
