import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '#libs/platform/database/columns.js';

/** A server that an administrator has unregistered: it is not admitted again until one unblocks it. */
@Entity('blocked_server')
export class BlockedServer {
  @PrimaryColumn({ type: 'varchar', length: 32 }) iss!: string;
  @Column({ type: 'varchar', length: 100 }) name!: string;
  /** ES256 public key, SPKI PEM: blocked under any ISS ID. */
  @Column({ type: 'text' }) publicKey!: string;
  @BigIntColumn() blockedMs!: number;
}
