import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** What administrators allow replication to use: at most one row, id 1; without it nothing is limited. */
@Entity('replication_settings')
export class ReplicationSettings {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  /** No content is fetched; news still travels. */
  @Column({ type: 'boolean' }) paused!: boolean;
  /** Bytes per second that this server fetches from all peers together; null is no limit. */
  @BigIntColumn({ nullable: true }) downloadLimit!: number | null;
  /** Bytes per second that this server gives to all peers together. */
  @BigIntColumn({ nullable: true }) uploadLimit!: number | null;
  /** Packages that one process fetches at a time; null or more than TRANSFER_CONCURRENCY means that. */
  @Column({ type: 'integer', nullable: true }) maxTransfers!: number | null;
  /** Parallel requests to one peer; null means TRANSFER_CONNECTIONS. */
  @Column({ type: 'integer', nullable: true }) connectionsPerPeer!: number | null;
  /** Minutes after midnight between which content may be fetched; null is always. */
  @Column({ type: 'integer', nullable: true }) windowFrom!: number | null;
  @Column({ type: 'integer', nullable: true }) windowTo!: number | null;
  @Column({ type: 'varchar', length: 64, nullable: true }) windowZone!: string | null;
  /** Content that this server does not serve is fetched all the same, for servers that get it nowhere else; null is no. */
  @Column({ type: 'boolean', nullable: true }) relay!: boolean | null;
  /** A promotion to Prod waits for an administrator when the signer is another or missing; null is no. */
  @Column({ type: 'boolean', nullable: true }) confirmSigners!: boolean | null;
}
