import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';
import type { Stage } from '#libs/replication/stage.js';

/** A server this one is registered with (MESH §8), and how far each has read the other's feed (MESH §3). */
@Entity('peer')
export class Peer {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  @Index('uq_peer_iss', { unique: true }) @HexIdColumn() iss!: string;
  @Column({ type: 'varchar', length: 100 }) name!: string;
  @Column({ type: 'varchar', length: 500 }) url!: string;
  @Column({ type: 'varchar', length: 4 }) stage!: Stage;
  @Column({ type: 'boolean' }) firewalledMode!: boolean;
  /** ES256 public key, SPKI PEM, pinned at registration. */
  @Column({ type: 'text' }) publicKey!: string;
  @BigIntColumn() registeredMs!: number;
  /** The peer's epoch and how far its feed was read. */
  @HexIdColumn({ nullable: true }) pulledEpoch!: string | null;
  @BigIntColumn() pulledSeq!: number;
  /** How far the peer has acknowledged our feed, and the epoch of the peer that did. */
  @HexIdColumn({ nullable: true }) ackedEpoch!: string | null;
  @BigIntColumn() ackedSeq!: number;
  @BigIntColumn({ nullable: true }) lastSeenMs!: number | null;
  @BigIntColumn({ nullable: true }) unreachableSinceMs!: number | null;
  @Column({ type: 'text', nullable: true }) lastError!: string | null;
  /** Why something that it sent was refused last, and when; null for never. */
  @Column({ type: 'text', nullable: true }) lastRefusal!: string | null;
  @BigIntColumn({ nullable: true }) lastRefusalMs!: number | null;
  /** It has sent signed writes: it must go on doing so. */
  @Column({ type: 'boolean', default: false }) signs!: boolean;
  /** Since when it takes nothing, because this server is paused there; null while it takes what is sent. */
  @BigIntColumn({ nullable: true }) pausedThereMs!: number | null;
  /** JSON: numbers of our own feed whose entries it has refused; null for none. */
  @Column({ type: 'text', nullable: true }) rejectedSeqs!: string | null;
  /** Why it refused the last of them. */
  @Column({ type: 'text', nullable: true }) rejectedReason!: string | null;
  /** When it first signed an answer: from then on it must go on signing them; null for never. */
  @BigIntColumn({ nullable: true }) signsSinceMs!: number | null;
  @Column({ type: 'boolean' }) paused!: boolean;
  /** Bytes per second fetched from this peer; null is no limit of its own. */
  @BigIntColumn({ nullable: true }) downloadLimit!: number | null;
  /** Bytes per second given to this peer. */
  @BigIntColumn({ nullable: true }) uploadLimit!: number | null;
}
