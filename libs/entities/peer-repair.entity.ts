import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** What comparing catalogs with a peer has repaired. */
@Entity('peer_repair')
export class PeerRepair {
  @PrimaryColumn({ type: 'varchar', length: 32 }) iss!: string;
  /** Entries that came from the peer, and that it took from here, since it was registered. */
  @BigIntColumn() received!: number;
  @BigIntColumn() sent!: number;
  /** Of the last repair alone. */
  @Column({ type: 'integer' }) lastReceived!: number;
  @Column({ type: 'integer' }) lastSent!: number;
  @BigIntColumn() lastMs!: number;
}
