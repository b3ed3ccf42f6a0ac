import { Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** How a registered server's clock compared with this one's when they last spoke: for people. */
@Entity('peer_clock')
export class PeerClock {
  @PrimaryColumn({ type: 'varchar', length: 32 }) iss!: string;
  /** The other clock minus this one's, in milliseconds. */
  @BigIntColumn() offsetMs!: number;
  /** The true offset is at most this far from it, in milliseconds. */
  @BigIntColumn() errorMs!: number;
  @BigIntColumn() measuredMs!: number;
}
