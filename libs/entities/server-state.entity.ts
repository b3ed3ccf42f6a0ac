import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';

/** The newest signed summary of a server of the mesh, this one included (docs/mesh.md §11). */
@Entity('server_state')
export class ServerState {
  @PrimaryColumn({ type: 'varchar', length: 32 }) iss!: string;
  /** ES256, SPKI PEM: of a peer the one of its registration, of others the one that came first. */
  @Column({ type: 'text' }) publicKey!: string;
  @BigIntColumn() issuedMs!: number;
  /** The signed text, JSON. */
  @Column({ type: 'text' }) body!: string;
  @Column({ type: 'varchar', length: 100 }) signature!: string;
  /** This server's own number of the change (MESH §3). */
  @Index('uq_server_state_seq', { unique: true }) @BigIntColumn() seq!: number;
  /** The peer that first reported it, when it is no peer itself: each may introduce a limited number. */
  @HexIdColumn({ nullable: true }) introducedBy!: string | null;
  @BigIntColumn() receivedMs!: number;
  /** An administrator does not want to see it: stays so until the server speaks again. */
  @Column({ type: 'boolean' }) forgotten!: boolean;
}
