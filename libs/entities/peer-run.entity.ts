import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';

/** Which running server is the registered one, and which other one uses its identity. */
@Entity('peer_run')
export class PeerRun {
  @PrimaryColumn({ type: 'varchar', length: 32 }) iss!: string;
  /** The start of the server that is taken for the registered one. */
  @HexIdColumn() runId!: string;
  /** Where it called from or was called at. */
  @Column({ type: 'varchar', length: 500 }) address!: string;
  /** The one before it: a server that was started again never comes back as the one it was. */
  @HexIdColumn({ nullable: true }) formerRunId!: string | null;
  @BigIntColumn() sinceMs!: number;
  /** Another living server with the same identity: it is not spoken with until an administrator decides. */
  @HexIdColumn({ nullable: true }) rivalRunId!: string | null;
  @Column({ type: 'varchar', length: 500, nullable: true }) rivalAddress!: string | null;
  @BigIntColumn({ nullable: true }) rivalSinceMs!: number | null;
}
