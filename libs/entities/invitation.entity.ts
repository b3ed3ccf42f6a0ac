import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { BigIntColumn, HexIdColumn } from '#libs/platform/database/columns.js';
import type { NamedPreset } from '#libs/replication/publish-rights.js';

/** A key with which one server may register once, within a time (MESH §8). */
@Entity('invitation')
export class Invitation {
  @PrimaryGeneratedColumn({ type: 'integer' }) id!: number;
  /** Sealed: base64 of 32 bytes. */
  @Column({ type: 'text' }) key!: string;
  /** For whom it is, in the words of the administrator who made it; null when nothing was said. */
  @Column({ type: 'varchar', length: 200, nullable: true }) note!: string | null;
  /** What is accepted from the server that registers with it; null when nothing was chosen: NEW_SERVER_RIGHTS counts. */
  @Column({ type: 'varchar', length: 20, nullable: true }) preset!: NamedPreset | null;
  @BigIntColumn() createdMs!: number;
  @BigIntColumn() expiresMs!: number;
  @BigIntColumn({ nullable: true }) usedMs!: number | null;
  /** The server that registered with it. */
  @HexIdColumn({ nullable: true }) usedByIss!: string | null;
  @Column({ type: 'varchar', length: 100, nullable: true }) usedByName!: string | null;
}
