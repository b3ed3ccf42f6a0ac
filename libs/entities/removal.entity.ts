import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';

export const removalKinds = ['delete', 'withdraw'] as const;
export type RemovalKind = (typeof removalKinds)[number];

/** A package that was taken away from this server lately, or that a peer's news would take away and that waits for a decision. */
@Entity('removal')
@Index('ix_removal_at', ['atMs'])
export class Removal {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @Column({ type: 'varchar', length: 255 }) filename!: string;
  /** Set while it is held, so that each name is held once; null when it was made. */
  @Index('uq_removal_held_key', { unique: true })
  @Column({ type: 'varchar', length: 510, nullable: true })
  heldKey!: string | null;
  @Column({ type: 'varchar', length: 8 }) kind!: RemovalKind;
  /** Whether people of this server asked for it. */
  @Column({ type: 'boolean' }) isOwn!: boolean;
  /** The peer that told of it; null when it was made. */
  @HexIdColumn({ nullable: true }) peerIss!: string | null;
  /** The entry as it came (MESH §2), JSON; null when it was made. */
  @Column({ type: 'text', nullable: true }) entry!: string | null;
  @BigIntColumn() atMs!: number;
}
