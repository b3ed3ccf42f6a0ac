import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** How many verified copies of a content the mesh is known to have; for the contents of entries that are not deleted. */
@Entity('content_copies')
export class ContentCopies {
  @PrimaryColumn({ type: 'varchar', length: 32 }) uuid!: string;
  @Index('ix_content_copies_copies') @Column({ type: 'integer' }) copies!: number;
  /** A smaller number that is not believed yet, and since when it was counted; null when there is none. */
  @Column({ type: 'integer', nullable: true }) pendingCopies!: number | null;
  @BigIntColumn({ nullable: true }) pendingSinceMs!: number | null;
}
