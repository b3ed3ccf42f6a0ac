import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** How the scheduled backups went. The one row has id 1. */
@Entity('backup_state')
export class BackupState {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  /** The last backup that was complete; null before the first. */
  @BigIntColumn({ nullable: true }) succeededMs!: number | null;
  @BigIntColumn({ nullable: true }) failedMs!: number | null;
  /** Why the last one failed; null when it did not. */
  @Column({ type: 'varchar', length: 500, nullable: true }) fault!: string | null;
}
