import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';
import type { Stage } from '#libs/replication/stage.js';

/** An upload that may take many requests. Its bytes are in staging until it is whole. */
@Entity('resumable_upload')
export class ResumableUpload {
  @PrimaryColumn({ type: 'varchar', length: 32 }) id!: string;
  /** Who may go on with it: `user:1` or `token:3`. */
  @Column({ type: 'varchar', length: 40 }) owner!: string;
  @Column({ type: 'varchar', length: 255 }) filename!: string;
  @Column({ type: 'varchar', length: 4, nullable: true }) stage!: Stage | null;
  @Column({ type: 'text', nullable: true }) notes!: string | null;
  @Column({ type: 'boolean' }) replaces!: boolean;
  /** The Upload-Metadata header as received; a HEAD request gets it back. */
  @Column({ type: 'text', nullable: true }) metadata!: string | null;
  @BigIntColumn() size!: number;
  /** So many bytes are on the disk and right. Equal to `size` only once the package is there. */
  @BigIntColumn() received!: number;
  @BigIntColumn() createdMs!: number;
  @Index('ix_resumable_upload_expires') @BigIntColumn() expiresMs!: number;
  /** The process that writes to it now. */
  @HexIdColumn({ nullable: true }) holder!: string | null;
  /** A holder that does not renew its claim until then has lost it. */
  @BigIntColumn() heldUntilMs!: number;
}
