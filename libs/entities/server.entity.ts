import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';
import type { Stage } from '#libs/replication/stage.js';

/** This server: one row, id 1. Sealed columns are encrypted under DATABASE_KEY. */
@Entity('server')
export class Server {
  @PrimaryColumn({ type: 'integer' }) id!: number;
  @HexIdColumn() iss!: string;
  @Column({ type: 'varchar', length: 100 }) name!: string;
  /** Where peers and clients reach this server; null until an administrator has set it. */
  @Column({ type: 'varchar', length: 500, nullable: true }) url!: string | null;
  @Column({ type: 'varchar', length: 4 }) stage!: Stage;
  @Column({ type: 'boolean' }) firewalledMode!: boolean;
  /** Sealed: base64 of 32 bytes. */
  @Column({ type: 'text' }) registrationKey!: string;
  /** Sealed: ES256 private key, PKCS #8 PEM. */
  @Column({ type: 'text' }) privateKey!: string;
  /** ES256 public key, SPKI PEM. */
  @Column({ type: 'text' }) publicKey!: string;
  @BigIntColumn() createdMs!: number;
  /** Whether writes without a signature are accepted while ACCEPT_UNSIGNED_WRITES is `auto`: the server was upgraded with peers. */
  @Column({ type: 'boolean', default: false }) acceptUnsignedWrites!: boolean;
}
