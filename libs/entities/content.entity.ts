import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn, BytesColumn, HexIdColumn } from '#libs/platform/database/columns.js';
import type { RootAlgorithm } from '#libs/platform/crypto/block-digest.js';
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
  /** What blocks were hashed with, `blake3` or `sha256`; null with the next two for content of a server that knows no roots. */
  @Column({ type: 'varchar', length: 8, nullable: true }) rootAlg!: RootAlgorithm | null;
  /** The root hash over algorithm, size and block list (libs/replication/content-root.ts). */
  @Column({ type: 'varchar', length: 64, nullable: true }) rootHash!: string | null;
  /** The block list, 32 bytes a block; null until fetched from a peer or computed. */
  @BytesColumn({ nullable: true }) blocks!: Buffer | null;
  /** Its blocks match the root, and SHA-1 and SHA-256 of the whole are still what the author says. */
  @Column({ type: 'boolean', nullable: true }) digestsUnverified!: boolean | null;
  /** Why this content is not taken from anybody, for people; null when nothing is known against it. */
  @Column({ type: 'varchar', length: 300, nullable: true }) refusal!: string | null;
  @Column({ type: 'varchar', length: 10 }) state!: ContentState;
  @Column({ type: 'varchar', length: 4 }) stage!: Stage;
  /** First upload of this version; the replicated `Last-Modified`. */
  @BigIntColumn() createdMs!: number;
  @HexIdColumn() originIss!: string;
  /** When it was last read from disk and found right, or written; epoch milliseconds; null is never. */
  @BigIntColumn({ nullable: true }) verifiedMs!: number | null;
  /** When a version that is not served may be removed from disk. */
  @Index('ix_content_retire') @BigIntColumn({ nullable: true }) retireAfterMs!: number | null;
  /** Until when this server has promised others not to remove it (MESH §5). */
  @BigIntColumn({ nullable: true }) keepUntilMs!: number | null;
  /** Names the offer to remove it that waits for the promises of others; null when there is none. */
  @Column({ type: 'varchar', length: 32, nullable: true }) releaseId!: string | null;
}
