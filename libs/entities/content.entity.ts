import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn, BytesColumn, HexIdColumn } from '#libs/platform/database/columns.js';
import type { ContentState } from '#libs/replication/entry-effects.js';
import type { Stage } from '#libs/replication/stage.js';

/** One content version this server has, had or wants, named by its uuid. */
@Entity('content')
export class Content {
  @PrimaryColumn({ type: 'varchar', length: 32 }) uuid!: string;
  @Column({ type: 'varchar', length: 255 }) filename!: string;
  @Index('ix_content_filename_key') @Column({ type: 'varchar', length: 510 }) filenameKey!: string;
  @BigIntColumn() size!: number;
  @Column({ type: 'varchar', length: 40 }) sha1!: string;
  @Index('ix_content_sha256') @Column({ type: 'varchar', length: 64 }) sha256!: string;
  @Column({ type: 'varchar', length: 64 }) manifestSha256!: string;
  /** SHA-1 of each 1 MiB block, 20 bytes a block; null until fetched from a peer. */
  @BytesColumn({ nullable: true }) manifest!: Buffer | null;
  @Column({ type: 'varchar', length: 10 }) state!: ContentState;
  @Column({ type: 'varchar', length: 4 }) stage!: Stage;
  /** First upload of this version; the replicated `Last-Modified`. */
  @BigIntColumn() createdMs!: number;
  @HexIdColumn() originIss!: string;
  /** When it was last read from disk and found right, or written; epoch milliseconds; null is never. */
  @BigIntColumn({ nullable: true }) verifiedMs!: number | null;
  /** When a version that is not served may be removed from disk. */
  @Index('ix_content_retire') @BigIntColumn({ nullable: true }) retireAfterMs!: number | null;
}
